-- Manual 3.4.4: comparison of numbers is exact across integers and floats.
print(1 == 1.0, 1 < 1.5, "1" == 1, "a" < "b", "a" < "B", "" < "a", "a\0a" < "a\0b") --> true	true	false	true	false	true	true
print(math.maxinteger < math.maxinteger + 1.0, math.maxinteger + 0.0 == math.maxinteger, 2^53 == (2^53 | 0) + 1) --> true	false	false
print(9007199254740993 > 9007199254740992.0, 9007199254740993 == 9007199254740992.0) --> true	false
local nan = 0/0
print(nan == nan, nan ~= nan, nan < nan, 1 < nan, nan <= 1) --> false	true	false	false	false
print(-0.0 == 0, 0.0 == -0.0, math.mininteger <= -2^63, -math.huge < math.mininteger) --> true	true	true	true
print(pcall(function() return 1 < "1" end)) --> false	3.4.4-relational.lua:8: attempt to compare number with string
print(pcall(function() return {} < {} end)) --> false	3.4.4-relational.lua:9: attempt to compare two table values
print(pcall(function() return print < print end)) --> false	3.4.4-relational.lua:10: attempt to compare two function values
print(pcall(function() return true < false end)) --> false	3.4.4-relational.lua:11: attempt to compare two boolean values
print({} == {}, nil == false, print == print) --> false	false	true
