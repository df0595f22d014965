-- Manual 2.3: any value is an error object; pcall and xpcall catch; a message handler runs before the stack unwinds.
print(pcall(error, { code = 1 }) == false, select(2, pcall(error, "text", 0)), select(2, pcall(error, 42))) --> true	text	42
print(pcall(error)) --> false	nil
print(select(2, xpcall(function() error("deep", 0) end, function(m) return m .. " handled" end))) --> deep handled
local inside
xpcall(function() local here = "alive"; error("x") end, function() inside = select(2, debug.getlocal(2, 1)) end)
print(inside) --> x
print(xpcall(function() return "no error", 1 end, print)) --> true	no error	1
local calls = 0
print(xpcall(function() error("first", 0) end, function(m) calls = calls + 1; if calls < 3 then error("again", 0) end; return m end)) --> false	again
print(calls) --> 3
local ok, message = pcall(function() local function f() return f() + 1 end; return f() end)
print(ok, message:match("stack overflow")) --> false	stack overflow
print(pcall(pcall)) --> false	bad argument #1 to 'pcall' (value expected)
print(pcall(xpcall, type)) --> false	bad argument #2 to 'xpcall' (function expected, got no value)
