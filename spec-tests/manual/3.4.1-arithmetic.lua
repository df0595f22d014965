-- Manual 3.4.1: arithmetic operators.
print(3 + 2, 3.0 + 2, 3 - 5, 3 * 4, 3 * 4.0) --> 5	5.0	-2	12	12.0
print(3 / 2, 4 / 2, 1 / 0, -1 / 0, 2 ^ 3, 2 ^ 0.5, (-8) ^ 2) --> 1.5	2.0	inf	-inf	8.0	1.4142135623731	64.0
print(7 // 2, -7 // 2, 7 // -2, 7.5 // 2, -7.5 // 2, 7 // 2.0) --> 3	-4	-4	3.0	-4.0	3.0
print(7 % 3, -7 % 3, 7 % -3, 7.5 % 2, -7.5 % 2, 5 % math.huge, -5 % math.huge) --> 1	2	-2	1.5	0.5	5.0	inf
print(1 // 0.0, -1 // 0.0, pcall(function() return 1 // 0 end)) --> inf	-inf	false	3.4.1-arithmetic.lua:6: attempt to divide by zero
print(pcall(function() return 1 % 0 end)) --> false	3.4.1-arithmetic.lua:7: attempt to perform 'n%0'
print(math.mininteger // -1, math.mininteger % -1, -math.mininteger) --> -9223372036854775808	0	-9223372036854775808
print(math.maxinteger * 2, math.maxinteger * math.maxinteger, math.mininteger * math.mininteger) --> -2	1	0
print("10" + 1, "0x10" + 1, "1e1" + 1, " 10 " * 2, -"3", "7" // "2") --> 11	17	11.0	20	-3	3
print(pcall(function() return "x" + 1 end)) --> false	3.4.1-arithmetic.lua:11: attempt to add a 'string' with a 'number'
print(pcall(function() return {} + 1 end)) --> false	3.4.1-arithmetic.lua:12: attempt to perform arithmetic on a table value
