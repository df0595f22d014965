local function level1() error("one") end
local function level2() error("two", 2) end
local function level0() error("zero", 0) end
print(pcall(level1)) --> false	errors/levels.lua:1: one
print(pcall(level2)) --> false	two
print(pcall(function() level2() end)) --> false	errors/levels.lua:6: two
print(pcall(level0)) --> false	zero
print(pcall(error)) --> false	nil
print(pcall(error, nil)) --> false	nil
print(pcall(error, "msg", 1)) --> false	msg
print(pcall(error, 42)) --> false	42
print(pcall(error, 42, 2)) --> false	42
print(pcall(function() error(42) end)) --> false	42
print(pcall(function() error() end)) --> false	nil
print(pcall(function() error(nil, 2) end)) --> false	nil
local tbl = {}
local ok, e = pcall(error, tbl)
print(ok, e == tbl) --> false	true
print(pcall(function() error("deep", 3) end)) --> false	errors/levels.lua:19: deep
print(pcall(function() error(setmetatable({}, { __tostring = function() return "custom" end })) end)) --> false	custom
print(pcall(function() assert(false) end)) --> false	errors/levels.lua:21: assertion failed!
print(pcall(function() assert(nil, "message") end)) --> false	errors/levels.lua:22: message
print(pcall(assert, false, "direct")) --> false	direct
print(pcall(assert, false, { 1 }) == false) --> true
print(select("#", assert(1, 2, 3)), assert("v")) --> 3	v
print(pcall(assert)) --> false	bad argument #1 to 'assert' (value expected)
print(pcall(function() local x = nil; x.y = 1 end)) --> false	errors/levels.lua:27: attempt to index a nil value (local 'x')
print(pcall(string.rep)) --> false	bad argument #1 to 'string.rep' (string expected, got no value)
print(pcall(function() string.rep() end)) --> false	errors/levels.lua:29: bad argument #1 to 'rep' (string expected, got no value)
print(pcall(function() ("x"):rep() end)) --> false	errors/levels.lua:30: bad argument #1 to 'rep' (number expected, got no value)
print(pcall(function() local s = string.rep; s() end)) --> false	errors/levels.lua:31: bad argument #1 to 's' (string expected, got no value)
print(pcall(function() return math.floor({}) end)) --> false	errors/levels.lua:32: bad argument #1 to 'floor' (number expected, got table)
