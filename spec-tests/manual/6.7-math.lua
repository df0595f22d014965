-- Manual 6.7: the mathematical functions.
print(math.abs(-5), math.abs(-5.5), math.abs(math.mininteger), math.ceil(1.2), math.floor(-1.2), math.ceil(5), math.floor(2^70), math.ceil(-0.5)) --> 5	5.5	-9223372036854775808	2	-2	5	1.1805916207174e+21	0
print(math.max(1, 2.5, -1), math.min(3, 1, 2), math.max(1, 1.0), math.max(1.0, 1), pcall(math.max)) --> 2.5	1	1	1.0	false	bad argument #1 to 'math.max' (value expected)
print(math.fmod(7, 3), math.fmod(-7, 3), math.fmod(7, -3), math.fmod(5.5, 2), math.fmod(-6, 2), pcall(math.fmod, 1, 0)) --> 1	-1	1	1.5	0	false	bad argument #2 to 'math.fmod' (zero)
print(math.fmod(1, 0.0), math.fmod(math.mininteger, -1), math.modf(3.7)) --> -nan	0	3	0.7
print(math.modf(-3.7), math.modf(5), math.modf(1/0), math.modf(-1/0)) --> -3	5	inf	-inf	0.0
print(math.sqrt(16), math.sqrt(2), math.exp(0), math.log(1), math.log(8, 2), math.log(100, 10), math.log(27, 3), math.sin(0), math.cos(0), math.pi) --> 4.0	1.4142135623731	1.0	0.0	3.0	2.0	3.0	0.0	1.0	3.1415926535898
print(math.tointeger(3.0), math.tointeger(3.5), math.tointeger("8"), math.tointeger("x"), math.tointeger({}), math.tointeger(2^53), math.tointeger(2^63)) --> 3	nil	8	nil	nil	9007199254740992	nil
print(math.type(1), math.type(1.0), math.type("1"), pcall(math.type)) --> integer	float	nil	false	bad argument #1 to 'math.type' (value expected)
print(math.ult(1, 2), math.ult(-1, 2), math.ult(1, -2)) --> true	false	true
print(math.huge, -math.huge, math.maxinteger, math.mininteger, math.maxinteger + 1 == math.mininteger) --> inf	-inf	9223372036854775807	-9223372036854775808	true
print(math.atan(1) * 4 == math.pi, math.atan(1, -1) == 3 * math.pi / 4, math.asin(1) * 2 == math.pi, math.acos(1), math.deg(math.pi), math.rad(180) == math.pi, math.tan(0)) --> true	true	true	0.0	180.0	true	0.0
math.randomseed(42); local a, b = math.random(100), math.random(); math.randomseed(42)
print(a == math.random(100), b == math.random(), b >= 0 and b < 1) --> true	true	true
print(pcall(math.random, 0) == true, pcall(math.random, 2, 1)) --> true	false	bad argument #1 to 'math.random' (interval is empty)
print(pcall(math.random, 1, 2, 3)) --> false	wrong number of arguments
print(math.random(5, 5), pcall(math.random, 0.5)); for _ = 1, 50 do local r = math.random(-3, 3); assert(r >= -3 and r <= 3 and math.type(r) == "integer") end --> 5	false	bad argument #1 to 'math.random' (number has no integer representation)
print(7 // 2, -7 // 2, 7 % -3, -7 % 3, 7.5 // 2, 5.3 % 2 > 1.29, 1 // 0.0, -1 // 0.0, 0/0 ~= 0/0, 2^10, 10 / 2, pcall(function() return 1 // 0 end)) --> 3	-4	-2	2	3.0	true	inf	-inf	true	1024.0	5.0	false	6.7-math.lua:18: attempt to divide by zero
print(1e15, 1e16, 123456789012, 0.1, 1/3, -0.0, 100.0, 1e300 * 1e10) --> 1e+15	1e+16	123456789012	0.1	0.33333333333333	-0.0	100.0	inf
