local function f(a, b) local c = 3; return debug.getinfo(1, "nSlutf") end
local i = f(1, 2)
print(i.currentline, i.linedefined, i.lastlinedefined, i.what, i.namewhat, i.name) --> 1	1	1	Lua	local	f
print(i.nups, i.nparams, i.isvararg, i.istailcall, i.func == f, i.short_src == i.source:sub(2)) --> 1	2	false	false	true	true
print(debug.getinfo(string.len).what, debug.getinfo(string.len, "S").short_src, debug.getinfo(1, "l").currentline, debug.getinfo(100)) --> C	[C]	5	nil
local function locals() local x, y = 1, 2; local n, v = debug.getlocal(1, 2); debug.setlocal(1, 1, "set"); return n, v, x end
print(locals()) --> y	2	set
print(debug.getlocal(f, 1), debug.getlocal(f, 3)) --> a	nil
local u1, u2 = 1, 2
local function g() return u1, u2 end
print(debug.getupvalue(g, 1), debug.getupvalue(g, 2), debug.getupvalue(g, 3)) --> u1	u2
print(debug.setupvalue(g, 1, "new"), u1, debug.upvalueid(g, 1) ~= debug.upvalueid(g, 2)) --> u1	new	true
print(debug.traceback("msg", 1):match("^msg\nstack traceback:\n") ~= nil, debug.traceback({}) ~= nil, debug.traceback(nil) ~= nil) --> true	true	true
local count = 0
debug.sethook(function() count = count + 1 end, "l")
local a = 1
local b = 2
debug.sethook()
print(count, debug.gethook()) --> 3	nil
print(debug.getmetatable("").__index == string, debug.setmetatable(10, { __index = { half = 5 } }), (10).half) --> true	10	5
debug.setmetatable(10, nil)
print(pcall(debug.getinfo, 1, "X")) --> false	bad argument #2 to 'debug.getinfo' (invalid option)
print(pcall(debug.getinfo, "x")) --> false	bad argument #1 to 'debug.getinfo' (number expected, got string)
print(pcall(debug.getlocal, 100, 1)) --> false	bad argument #1 to 'debug.getlocal' (level out of range)
local lines = {}
for l in pairs(debug.getinfo(f, "L").activelines) do lines[#lines + 1] = l end
print(#lines, debug.getinfo(f, "r").ftransfer, debug.getregistry() ~= nil) --> 1	0	true
