local mt = {}
mt.__lt = function(a, b) return a.v < b.v end
mt.__le = function(a, b) return a.v <= b.v end
mt.__eq = function(a, b) return a.v == b.v end
local function new(v) return setmetatable({ v = v }, mt) end
local a, b, c = new(1), new(2), new(1)
print(a < b, a > b, a <= b, a >= b, a == c, a ~= c, a == b) --> true	false	true	false	true	false	false
print(a == 1, 1 == a, a ~= nil, rawequal(a, c)) --> false	false	true	false
local odd = setmetatable({}, { __lt = function() return 1 end, __le = function() return nil end, __eq = function() return "yes" end })
print(odd < odd, odd <= odd, odd == odd, odd == setmetatable({}, getmetatable(odd))) --> true	false	true	true
print(odd < 1, 1 < odd, 1 > odd) --> true	true	true
print(pcall(function() return a < 1 end)) --> false	metamethods/comparison.lua:2: attempt to index a number value (local 'b')
print(pcall(function() return a <= {} end)) --> false	metamethods/comparison.lua:3: attempt to compare number with nil
print(pcall(function() return setmetatable({}, {}) < setmetatable({}, {}) end)) --> false	metamethods/comparison.lua:14: attempt to compare two table values
local other = setmetatable({}, { __eq = function() return true end })
print(a == other, other == a) --> false	true
