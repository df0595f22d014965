-- Manual 3.2: globals are fields of _ENV, locals are what the innermost scope says, fields are reached by index.
x = 10
print(x, _G.x, _ENV.x, _G["x"]) --> 10	10	10	10
local x = x + 1
print(x, _G.x) --> 11	10
do local x = x + 1
print(x) end --> 12
print(x, undefined_name) --> 11	nil
local t = { a = { b = { c = "deep" } }, [1] = "one", [2.0] = "two", [-1] = "minus" }
print(t.a.b.c, t["a"]["b"]["c"], t[1], t[2], t[1.0], t[-1], t[0]) --> deep	deep	one	two	one	minus	nil
print(pcall(function() return t.z.y end)) --> false	3.2-variables.lua:11: attempt to index a nil value (field 'z')
print(pcall(function() return nothing.y end)) --> false	3.2-variables.lua:12: attempt to index a nil value (global 'nothing')
print(pcall(function() local s = "abc"; return s.x, s.upper == string.upper, ("x").y end)) --> true	nil	true	nil
local function counter() local n = 0; return function() n = n + 1; return n end end
local a, b = counter(), counter()
print(a(), a(), b(), a()) --> 1	2	1	3
do local _ENV = { print = print }; y = 5
print(y, _ENV.y, x) end --> 5	5	11
print(y) --> nil
