local co = coroutine.create(function(a, b)
  local c = coroutine.yield(a + b)
  local d, e = coroutine.yield(c * 2)
  return d + e, "end"
end)
print(coroutine.status(co)) --> suspended
print(coroutine.resume(co, 1, 2)) --> true	3
print(coroutine.status(co), coroutine.resume(co, 10)) --> suspended	true	20
print(coroutine.resume(co, 3, 4)) --> true	7	end
print(coroutine.status(co), coroutine.resume(co)) --> dead	false	cannot resume dead coroutine
print(coroutine.isyieldable(), select(2, coroutine.running())) --> false	true
local w = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)
print(w(), w(), w(), w()) --> 1	2	3
print(pcall(w)) --> false	cannot resume dead coroutine
local e = coroutine.wrap(function() error("inside") end)
print(pcall(e)) --> false	coroutines/basic.lua:15: inside
local o = coroutine.wrap(function() error({ code = 5 }) end)
local ok, err = pcall(o)
print(ok, type(err), err.code) --> false	table	5
print(pcall(coroutine.yield, 1)) --> false	attempt to yield from outside a coroutine
print(coroutine.resume(coroutine.create(error), "direct")) --> false	direct
print(pcall(coroutine.create, 1)) --> false	bad argument #1 to 'coroutine.create' (function expected, got number)
print(pcall(coroutine.resume, 1)) --> false	bad argument #1 to 'coroutine.resume' (thread expected, got number)
print(pcall(coroutine.status, nil)) --> false	bad argument #1 to 'coroutine.status' (thread expected, got nil)
local self
self = coroutine.create(function() return coroutine.status(self), coroutine.resume(self) end)
print(coroutine.resume(self)) --> true	running	false	cannot resume non-suspended coroutine
local outer
outer = coroutine.create(function()
  local inner = coroutine.create(function() return coroutine.status(outer) end)
  return coroutine.resume(inner)
end)
print(coroutine.resume(outer)) --> true	true	normal
print(coroutine.resume(coroutine.create(function(...) return select("#", ...) end), nil, nil)) --> true	2
