-- Manual 2.1: eight basic types; false and nil are the false values; integers and floats are one type with two representations.
print(type(nil), type(false), type(0), type(""), type({}), type(print), type(coroutine.create(type))) --> nil	boolean	number	string	table	function	thread
print(not nil, not false, not 0, not "", not 0.0) --> true	true	false	false	false
print(math.type(1), math.type(1.0), 1 == 1.0, math.type(2^31), math.type(1 << 31)) --> integer	float	true	float	integer
print(math.maxinteger + 1 == math.mininteger, math.mininteger - 1 == math.maxinteger) --> true	true
print(#"a\0b", "a\0b" == "a\0b", "\xff\xfe" < "\xff\xff") --> 3	true	true
local t = {}
t[1] = "integer"; t[1.0] = "same key"; t[1.5] = "float"
print(t[1], t[1.5], #t) --> same key	float	1
t[2^53] = "as an integer"
print(t[2^53 | 0], math.type(next({ [2.0] = 1 }))) --> as an integer	integer
print(pcall(function() t[nil] = 1 end)) --> false	2.1-values-and-types.lua:12: table index is nil
print(pcall(function() t[0/0] = 1 end)) --> false	2.1-values-and-types.lua:13: table index is NaN
local a, b = {}, {}
print(a == b, a == a, a ~= b) --> false	true	true
local alias = a
alias.field = "shared"
print(a.field) --> shared
