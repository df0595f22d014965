-- Manual 3.4.9: constructors; the last expression of a list gives all its values.
local function three() return 1, 2, 3 end
local function none() end
print(#{ three() }, #{ three(), three() }, #{ (three()) }, #{ three(), nil }, #{ none() }, #{ none(), 5 }) --> 3	4	1	1	0	2
print(#{ three(), }, #{ three(); }, #{ ... }, #{}) --> 3	3	0	0
local t = { 10, 20, x = 1, ["y z"] = 2, [30] = 3, 40; 50, [1 + 1] = "late" }
print(t[1], t[2], t[3], t[4], t.x, t["y z"], t[30]) --> 10	20	40	50	1	2	3
local u = { [1] = "a", "b" }
print(u[1]) --> b
local key = setmetatable({}, { __tostring = function() return "key" end })
local v = { [key] = 1, [1.0] = "one", [2^53] = "big", [true] = "yes" }
print(v[key], v[1], v[2^53 | 0], v[true], v[false]) --> 1	one	big	yes	nil
print(pcall(function() return { [nil] = 1 } end)) --> false	3.4.9-tables.lua:13: table index is nil
print(pcall(function() return { [0/0] = 1 } end)) --> false	3.4.9-tables.lua:14: table index is NaN
local nested = { { { {} } } }
print(type(nested[1][1][1]), nested[1][1][1][1]) --> table	nil
local big = {}
for i = 1, 130 do big[i] = tostring(i) end
local many = load("return {" .. table.concat(big, ",") .. "}")()
print(#many, many[1], many[50], many[51], many[130]) --> 130	1	50	51	130
local f = { f = function(self, x) return x end, g = none }
print(f:f(5), f.g(f), type(f.f)) --> 5	nil	function
print(load("return { a = 1 b = 2 }", "=c")) --> nil	c:1: '}' expected near 'b'
print(load("return { [1] }", "=c")) --> nil	c:1: '=' expected near '}'
