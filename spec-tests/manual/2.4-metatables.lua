-- Manual 2.4: events that a metatable controls.
local mt = {}
local function new(v) return setmetatable({ v = v }, mt) end
local function value(x) return type(x) == "table" and x.v or x end
mt.__add = function(a, b) return new(value(a) + value(b)) end
mt.__concat = function(a, b) return "<" .. value(a) .. value(b) .. ">" end
mt.__unm = function(a) return new(-a.v) end
mt.__len = function(a) return a.v end
mt.__eq = function(a, b) return a.v == b.v end
mt.__lt = function(a, b) return value(a) < value(b) end
mt.__le = function(a, b) return value(a) <= value(b) end
mt.__call = function(self, ...) return self.v, select("#", ...) end
mt.__idiv = function(a, b) return "idiv" end
mt.__shl = function(a, b) return "shl" end
local a, b = new(3), new(4)
print((a + b).v, (a + 1).v, (1 + a).v, (-a).v, #a) --> 7	4	4	-3	3
print(a .. b, a .. "s", "s" .. a, 1 .. a) --> <34>	<3s>	<s3>	<13>
print(a == b, a == new(3), a ~= b, a < b, a <= b, a > b, a >= b, a < 10, 10 < a) --> false	true	true	true	true	false	false	true	false
print(a(), a(1, nil), a // 1, 1 << a) --> 3	3	idiv	shl
print(pcall(function() return a - b end)) --> false	2.4-metatables.lua:20: attempt to perform arithmetic on a table value (upvalue 'a')
print(pcall(function() return a & b end)) --> false	2.4-metatables.lua:21: attempt to perform bitwise operation on a table value (upvalue 'a')
-- the first operand's handler is tried before the second's
local left = setmetatable({}, { __mul = function() return "left" end })
local right = setmetatable({}, { __mul = function() return "right" end })
print(left * right, right * left, 2 * right, left * "x") --> left	right	right	left
-- __eq is tried only for two tables or two userdata that are not the same value
local noisy = setmetatable({}, { __eq = function() return "true for ever" end })
print(noisy == noisy, noisy == {}, noisy == 1, rawequal(noisy, {})) --> true	true	false	false
-- __index and __newindex: functions, and tables that are indexed in turn
local defaults = setmetatable({ color = "red" }, { __index = function(_, k) return k .. "?" end })
local object = setmetatable({}, { __index = defaults })
print(object.color, object.size, rawget(object, "color")) --> red	size?	nil
local log = {}
local watched = setmetatable({}, { __newindex = function(t, k, v) log[#log + 1] = k; rawset(t, k, v) end })
watched.a = 1; watched.a = 2; watched.b = 3
print(table.concat(log, " "), watched.a) --> a b	2
print(getmetatable(setmetatable({}, { __metatable = "hidden" })), pcall(setmetatable, setmetatable({}, { __metatable = 1 }), {})) --> hidden	false	cannot change a protected metatable
print(tostring(setmetatable({}, { __tostring = function() return "text" end })), (tostring(setmetatable({}, { __name = "N" })):match("^N: "))) --> text	N: 
