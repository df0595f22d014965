print(getmetatable({}), getmetatable("").__index == string, getmetatable(1)) --> nil	true	nil
local p = setmetatable({}, { __metatable = "locked" })
print(getmetatable(p), pcall(setmetatable, p, {})) --> locked	false	cannot change a protected metatable
print(pcall(setmetatable, {}, 1)) --> false	bad argument #2 to 'setmetatable' (nil or table expected, got number)
print(pcall(setmetatable, 1, {})) --> false	bad argument #1 to 'setmetatable' (table expected, got number)
print(pcall(setmetatable, {})) --> false	bad argument #2 to 'setmetatable' (nil or table expected, got no value)
local t = {}
print(setmetatable(t, nil) == t, setmetatable(t, {}) == t, getmetatable(setmetatable(t, nil))) --> true	true	nil
print(pcall(getmetatable)) --> false	bad argument #1 to 'getmetatable' (value expected)
local mt = {}
local late = setmetatable({}, mt)
print(pcall(function() return late + 1 end)) --> false	metamethods/metatable.lua:12: attempt to perform arithmetic on a table value (upvalue 'late')
mt.__add = function() return "added later" end
print(late + 1) --> added later
mt.__add = nil
print(pcall(function() return late + 1 end)) --> false	metamethods/metatable.lua:16: attempt to perform arithmetic on a table value (upvalue 'late')
mt.__index = function() return "idx" end
print(late.x) --> idx
mt.__index = nil
print(late.x) --> nil
