print(math.type(1), math.type(1.0), math.type("1"), math.type(nil)) --> integer	float	nil	nil
print(1 == 1.0, math.type(3 // 1), math.type(3 / 1), math.type(3 // 1.0)) --> true	integer	float	float
print(math.type(2 ^ 2), math.type(1e2), math.type(0x10), math.type(0x1p4)) --> float	float	integer	float
print(3 | 0, 3.0 | 0, math.tointeger(3.0), math.tointeger(3.5)) --> 3	3	3	nil
print(math.tointeger("8"), math.tointeger("x"), math.tointeger({})) --> 8	nil	nil
print(1e15, 1e16, 123456789012345678) --> 1e+15	1e+16	123456789012345678
print(2^53, 2^63, -2^63, 1e100) --> 9.007199254741e+15	9.2233720368548e+18	-9.2233720368548e+18	1e+100
print(0.1, 1 / 3, 100.0, -0.0, 1e-7) --> 0.1	0.33333333333333	100.0	-0.0	1e-07
print(3.14159265358979, 1e15 + 0.5, 5e-324, 1.7976931348623157e308) --> 3.1415926535898	1e+15	4.9406564584125e-324	1.7976931348623e+308
print(255 // 1 | 0, 7 // 0.5) --> 255	14.0
print(tostring(3) == "3", tostring(3.0), 3.0 == 3) --> true	3.0	true
print(#tostring(12345.0), 12345.0 .. "") --> 7	12345.0
print(math.maxinteger + 0.0, math.maxinteger + 0.0 == math.maxinteger) --> 9.2233720368548e+18	false
print(math.mininteger + 0.0 == math.mininteger, 2^53 == 2^53 + 1) --> true	true
