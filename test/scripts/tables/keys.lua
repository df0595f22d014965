local t = {}
t[1.0] = "one"; t[2^53] = "big"
print(t[1], next(t) == 1, math.type(next(t)), t[2^53 | 0]) --> one	true	integer	big
t["1"] = "string"
print(t[1], t["1"]) --> one	string
t[1.5] = "float"; t[-0.0] = "zero"
print(t[1.5], t[0], t[-0.0]) --> float	zero	zero
t[true] = "T"; t[false] = "F"
print(t[true], t[false], t[nil]) --> T	F	nil
local k = {}
t[k] = "table"; t[print] = "function"
print(t[k], t[{}], t[print]) --> table	nil	function
print(pcall(function() t[nil] = 1 end)) --> false	tables/keys.lua:13: table index is nil
print(pcall(function() t[0/0] = 1 end)) --> false	tables/keys.lua:14: table index is NaN
print(t[0/0], rawget(t, nil)) --> nil	nil
t[math.maxinteger] = "max"; t[math.mininteger] = "min"; t[9007199254740993] = "odd"
print(t[math.maxinteger], t[math.mininteger], t[9007199254740993], t[9007199254740992]) --> max	min	odd	big
t[math.huge] = "inf"
print(t[math.huge], t[-math.huge], t[1e300]) --> inf	nil	nil
t.x = nil; t.never = nil
print(t.x, rawlen({ 1, 2 }), rawequal(t, t)) --> nil	2	true
