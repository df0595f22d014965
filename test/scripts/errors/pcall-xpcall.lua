print(pcall(function() return 1, 2, 3 end)) --> true	1	2	3
print(pcall(type, 1)) --> true	number
print(select("#", pcall(function() end))) --> 1
print(xpcall(function() error("x", 0) end, function(m) return "H:" .. m end)) --> false	H:x
print(xpcall(function(...) return select("#", ...), ... end, type, 1, nil)) --> true	2	1	nil
print(xpcall(function() error() end, function(m) return m, "second" end)) --> false	nil
print(xpcall(error, function(m) return type(m) end, {})) --> false	table
print(pcall(xpcall)) --> false	bad argument #2 to 'xpcall' (function expected, got no value)
print(pcall(xpcall, print)) --> false	bad argument #2 to 'xpcall' (function expected, got no value)
print(pcall(pcall)) --> false	bad argument #1 to 'pcall' (value expected)
print(pcall(1)) --> false	attempt to call a number value
print(pcall(nil)) --> false	attempt to call a nil value
print(xpcall(nil, function(m) return "handled " .. m end)) --> false	handled attempt to call a nil value
print(pcall(pcall, error, "x")) --> true	false	x
local depth = 0
local function nested(n) depth = depth + 1; if n == 0 then error("bottom", 0) end; local ok, e = pcall(nested, n - 1); error(e .. n, 0) end
print(pcall(nested, 3)) --> false	bottom123
print(depth) --> 4
local ok, e = xpcall(function() local x = nil + 1 end, function(m) return (m:gsub("^.-:%d+: ", "")) end)
print(ok, e) --> false	attempt to perform arithmetic on a nil value
local function inf() return inf() + 1 end
local ok2, e2 = pcall(inf)
print(ok2, (e2:gsub("^.-:%d+: ", ""):match("^stack overflow"))) --> false	stack overflow
print(pcall(string.gsub, "x", "x", function() error("from callback", 0) end)) --> false	from callback
print(pcall(xpcall, function() return "fine" end, nil)) --> false	bad argument #2 to 'xpcall' (function expected, got nil)
local level = 0
print(xpcall(function() error("a", 0) end, function(m) level = level + 1; if level < 3 then error(m .. level, 0) end; return m end)) --> false	a12
