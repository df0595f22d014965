print(math.pi, math.huge, -math.huge) --> 3.1415926535898	inf	-inf
print(math.abs(-5), math.abs(-5.5), math.abs(0)) --> 5	5.5	0
print(math.max(1, 2.5, 2), math.min(3, -1, 2), math.max(1)) --> 2.5	-1	1
print(math.sqrt(16), math.exp(0), math.log(1), math.log(8, 2), math.log(100, 10), math.log(27, 3)) --> 4.0	1.0	0.0	3.0	2.0	3.0
print(math.sin(0), math.cos(0), math.tan(0), math.atan(1, 1) == math.pi / 4) --> 0.0	1.0	0.0	true
print(math.fmod(7, 3), math.fmod(-7, 3), math.fmod(7, -3), math.fmod(5.5, 2)) --> 1	-1	1	1.5
print(math.modf(3.7), math.modf(-3.7), math.modf(5), math.modf(math.huge)) --> 3	-3	5	inf	0.0
print(math.floor(-0.5), math.ceil(-0.5), math.floor(5), math.ceil(5.0)) --> -1	0	5	5
print(math.ult(1, 2), math.ult(-1, 0), math.tointeger(2^53)) --> true	false	9007199254740992
print(math.fmod(math.mininteger, -1), math.fmod(5, math.huge)) --> 0	5.0
print(math.maxinteger, math.mininteger, math.maxinteger // 1 | 0) --> 9223372036854775807	-9223372036854775808	9223372036854775807
math.randomseed(42)
local a = { math.random(100), math.random(100), math.random(100) }
math.randomseed(42)
local b = { math.random(100), math.random(100), math.random(100) }
print(a[1] == b[1] and a[2] == b[2] and a[3] == b[3]) --> true
math.randomseed(1, 2)
print(math.random(1, 1000), math.random(1, 1000), math.random(0) == nil) --> 130	905	false
local ok = true
for _ = 1, 100 do local r = math.random(); ok = ok and r >= 0 and r < 1; r = math.random(5, 7); ok = ok and r >= 5 and r <= 7 end
print(ok, math.type(math.random(10)), math.type(math.random())) --> true	integer	float
print(pcall(math.random, 2, 1), pcall(math.random, math.mininteger, math.maxinteger) == true) --> false	true
