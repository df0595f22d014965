print(1 < 1.5, 1.5 < 2, 1 <= 1.0, 1 >= 1.0) --> true	true	true	true
print(math.maxinteger < math.huge, math.mininteger > -math.huge) --> true	true
print(math.maxinteger + 0.0 > math.maxinteger, math.maxinteger < 2^63) --> true	true
print(9007199254740993 < 9007199254740992.0, 9007199254740993 > 9007199254740992.0) --> false	true
print(9007199254740993 == 9007199254740992.0, 9007199254740993 ~= 9007199254740992.0) --> false	true
print(2^53 == 2^53 | 0, (2^53 | 0) + 1 == 2^53) --> true	false
print(math.mininteger == -2^63, math.mininteger <= -2^63, math.mininteger < -2^63) --> true	true	false
local nan = 0/0
print(nan == nan, nan < 1, nan > 1, 1 <= nan, nan ~= nan) --> false	false	false	false	true
print("a" < "b", "a" < "B", "" < "a", "a\0b" < "a\0c", "Z" < "a") --> true	false	true	true	true
print("10" < "9", "10" == 10, 10 == "10") --> true	false	false
print(math.ult(1, -1), math.ult(-1, 1), math.ult(5, 5)) --> true	false	false
print(-0.0 == 0.0, 1/-0.0 == 1/0.0, 0 == -0.0) --> true	false	true
print(pcall(function() return 1 < "2" end)) --> false	integer/comparison.lua:14: attempt to compare number with string
print(pcall(function() return {} < {} end)) --> false	integer/comparison.lua:15: attempt to compare two table values
print(pcall(function() return nil > 1 end)) --> false	integer/comparison.lua:16: attempt to compare number with nil
print(rawequal("a", "a"), rawequal({}, {}), rawequal(1, 1.0)) --> true	false	true
