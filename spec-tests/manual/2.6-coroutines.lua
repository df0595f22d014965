-- Manual 2.6: the manual's own example of values that travel through resume and yield.
local log = {}
local function say(...) log[#log + 1] = table.concat({ ... }, " ") end
local function foo(a) say("foo", a); return coroutine.yield(2 * a) end
local co = coroutine.create(function(a, b)
  say("co-body", a, b)
  local r = foo(a + 1)
  say("co-body", r)
  local r, s = coroutine.yield(a + b, a - b)
  say("co-body", r, s)
  return b, "end"
end)
print(coroutine.resume(co, 1, 10)) --> true	4
print(coroutine.resume(co, "r")) --> true	11	-9
print(coroutine.resume(co, "x", "y")) --> true	10	end
print(coroutine.resume(co, "x", "y")) --> false	cannot resume dead coroutine
print(table.concat(log, ", ")) --> co-body 1 10, foo 2, co-body r, co-body x y
print(coroutine.status(co), coroutine.status(coroutine.create(type)), coroutine.status((coroutine.running()))) --> dead	suspended	running
local generator = coroutine.wrap(function() for i = 1, 2 do coroutine.yield(i) end end)
print(generator(), generator(), generator()) --> 1	2
print(pcall(generator)) --> false	cannot resume dead coroutine
print(coroutine.isyieldable(), coroutine.wrap(function() return coroutine.isyieldable() end)()) --> false	true
print(coroutine.resume(coroutine.create(function() error("inside", 0) end))) --> false	inside
print(coroutine.close(coroutine.create(type)), coroutine.close(co)) --> true	true
