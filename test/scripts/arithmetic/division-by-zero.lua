print(1 / 0, -1 / 0, 1 / -0.0) --> inf	-inf	-inf
print(0 / 0 ~= 0 / 0) --> true
print(1 // 0.0, -1 // 0.0) --> inf	-inf
print(pcall(function() return 1 // 0 end)) --> false	arithmetic/division-by-zero.lua:4: attempt to divide by zero
print(pcall(function() return 1 % 0 end)) --> false	arithmetic/division-by-zero.lua:5: attempt to perform 'n%0'
print(math.mininteger // -1, math.mininteger % -1) --> -9223372036854775808	0
print(5 // math.huge, -5 // math.huge) --> 0.0	-0.0
local nan = 1 % 0.0
print(nan ~= nan) --> true
