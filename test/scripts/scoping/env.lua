local function with(_ENV) return x, y end
print(with({ x = 1, y = 2 })) --> 1	2
local env = setmetatable({}, { __index = _G })
local f = load("z = 5; return z, type(print)", "chunk", "t", env)
print(f()) --> 5	function
print(env.z, z) --> 5	nil
do local _ENV = { tostring = tostring, out = {} }; q = 1; out[1] = q; p = tostring(q) end
print(q, p) --> nil	nil
print(pcall(load("return undefined.x"))) --> false	[string "return undefined.x"]:1: attempt to index a nil value (global 'undefined')
print(pcall(load("undefined()"))) --> false	[string "undefined()"]:1: attempt to call a nil value (global 'undefined')
local e = { print = print }
local g = load("local a = ...; b = a; return b", "=g", "t", e)
print(g(3), e.b, b) --> 3	3	nil
print(load("return _ENV", "=x", "t", nil)()) --> nil
print(pcall(load("x = 1", "=x", "t", nil))) --> false	x:1: attempt to index a nil value (upvalue '_ENV')
