-- Manual 3.4.2 and 3.4.3: bitwise operators take integers or floats with an integral value.
print(5 & 3, 5 | 3, 5 ~ 3, ~5, 1 << 3, 16 >> 2) --> 1	7	6	-6	8	4
print(-1 >> 60, 1 << 63, 1 << 64, 1 >> -3, 1 << -3, -1 << 64) --> 15	-9223372036854775808	0	8	0	0
print(3.0 & 1, 2^62 | 0, -0.0 | 0) --> 1	4611686018427387904	0
print(pcall(function() return 3.5 & 1 end)) --> false	3.4.2-bitwise-3.4.3-conversions.lua:5: number has no integer representation
print(pcall(function() return 2^64 | 0 end)) --> false	3.4.2-bitwise-3.4.3-conversions.lua:6: number has no integer representation
print(pcall(function() return "3" | 0 end)) --> false	3.4.2-bitwise-3.4.3-conversions.lua:7: attempt to perform bitwise operation on a string value (constant '3')
print(pcall(function() return {} | 0 end)) --> false	3.4.2-bitwise-3.4.3-conversions.lua:8: attempt to perform bitwise operation on a table value
print(10 .. "", 10.0 .. "", -0.0 .. "", 1e100 .. "", 2^63 .. "") --> 10	10.0	-0.0	1e+100	9.2233720368548e+18
print(tonumber("0x1p4"), tonumber("1e1"), tonumber("10", 2), tonumber("z", 36), tonumber("x")) --> 16.0	10.0	2	35	nil
print(math.tointeger(3.0), math.tointeger(3.5), math.tointeger("3"), math.tointeger(2^63)) --> 3	nil	3	nil
print(string.format("%d", 3.0), pcall(string.format, "%d", 3.5)) --> 3	false	bad argument #2 to 'string.format' (number has no integer representation)
print(("x"):rep(2.0), pcall(string.rep, "x", 2.5)) --> xx	false	bad argument #2 to 'string.rep' (number has no integer representation)
