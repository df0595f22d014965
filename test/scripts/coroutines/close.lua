local log = {}
local function closer(name, fail) return setmetatable({}, { __close = function(_, e) log[#log + 1] = name .. "/" .. tostring(e); if fail then error(name .. " fails", 0) end end }) end
local co = coroutine.create(function() local a <close> = closer("a"); coroutine.yield(1) end)
print(coroutine.resume(co)) --> true	1
print(coroutine.close(co), coroutine.status(co), table.concat(log, " ")) --> true	dead	a/nil
print(coroutine.close(co)) --> true
log = {}
co = coroutine.create(function() local a <close> = closer("a"); local b <close> = closer("b", true); coroutine.yield(1) end)
coroutine.resume(co)
print(coroutine.close(co)) --> false	b fails
print(table.concat(log, " "), coroutine.status(co)) --> b/nil a/b fails	dead
print(coroutine.close(coroutine.create(print))) --> true
co = coroutine.create(function() error("dead", 0) end)
print(coroutine.resume(co)) --> false	dead
print(coroutine.close(co), coroutine.close(co)) --> false	true
print(pcall(coroutine.close, coroutine.running())) --> false	cannot close a running coroutine
co = coroutine.wrap(function() local x <close> = closer("w"); error("in wrap", 0) end)
log = {}
print(pcall(co)) --> false	in wrap
print(table.concat(log, " ")) --> w/in wrap
local t = coroutine.create(function() coroutine.yield() end)
coroutine.resume(t)
print(coroutine.close(t), coroutine.resume(t)) --> true	false	cannot resume dead coroutine
local self = coroutine.wrap(function() return pcall(coroutine.close, (coroutine.running())) end)
print(self()) --> false	cannot close a running coroutine
