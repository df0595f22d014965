-- Manual 6.10: the debug library.
local function f(a, b, ...) local c = 3; local info = debug.getinfo(1, "nSlutf"); return info, c end
local info = f(1, 2, 3)
print(info.name, info.namewhat, info.short_src, info.linedefined, info.lastlinedefined, info.what, info.currentline, info.nups, info.nparams, info.isvararg, info.istailcall, info.func == f) --> f	local	6.10-debug.lua	2	2	Lua	2	1	2	true	false	true
print(debug.getinfo(pcall, "S").what, debug.getinfo(pcall, "S").short_src, debug.getinfo(1, "S").what, debug.getinfo(100)) --> C	[C]	main	nil
print(pcall(debug.getinfo, 1, "X")) --> false	bad argument #2 to 'debug.getinfo' (invalid option)
print(pcall(debug.getinfo, {})) --> false	bad argument #1 to 'debug.getinfo' (number expected, got table)
local lines = {}
for l in pairs(debug.getinfo(f, "L").activelines) do lines[#lines + 1] = l end
table.sort(lines)
print(table.concat(lines, " "), debug.getlocal(f, 1), debug.getlocal(f, 2), debug.getlocal(f, 3)) --> 2	a	b	nil
local function locals(x, ...) local y = 2; local names = {}; for i = 1, 10 do local n, v = debug.getlocal(1, i); if not n then break end names[#names + 1] = n .. "=" .. tostring(v):sub(1, 5) end; return table.concat(names, " "), debug.getlocal(1, -1) end
print(locals(1, "extra")) --> x=1 y=2 names=table (for state)=4 (for state)=5 (for state)=1 i=7	(vararg)	extra
local up1, up2 = 10, 20
local function g() return up1 + up2 end
print(debug.getupvalue(g, 1)) --> up1	10
print(debug.setupvalue(g, 2, 5), g(), debug.getupvalue(g, 3)) --> up2	15
print(debug.upvalueid(g, 1) == debug.upvalueid(function() return up1 end, 1), pcall(debug.upvalueid, g, 5)); local function h() return up2 end; debug.upvaluejoin(h, 1, g, 1) --> true	true	nil
print(h()) --> 10
print(debug.getmetatable("").__index == string, debug.setmetatable({}, nil) ~= nil, debug.getregistry() ~= nil, debug.getuservalue(1), debug.gethook()) --> true	true	true	nil	nil
local events = {}
debug.sethook(function(e, l) events[#events + 1] = e .. (l or "") end, "l"); local z = 1
z = 2; debug.sethook()
print(table.concat(events, " ")) --> line23
print((debug.traceback("message", 1):gsub("\n.*", "")), debug.traceback({}) ~= nil, debug.traceback(nil) ~= nil, (debug.traceback(coroutine.create(print)))) --> message	true	true	stack traceback:
local co = coroutine.create(function(a) local inside = a; coroutine.yield() end)
coroutine.resume(co, 7)
print(debug.getlocal(co, 1, 1)) --> a	7
print(debug.getlocal(co, 1, 2)) --> inside	7
print(debug.setlocal(co, 1, 1, 8), debug.getlocal(co, 1, 1)) --> a	a	8
print(debug.getinfo(co, 1, "l").currentline, (debug.traceback(co):gsub("%s+", " "))) --> 26	stack traceback: [C]: in function 'coroutine.yield' 6.10-debug.lua:26: in function <6.10-debug.lua:26>
