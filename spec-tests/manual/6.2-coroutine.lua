-- Manual 6.2: the coroutine library.
local co = coroutine.create(function(a, b)
  local c = coroutine.yield(a + b)
  local d, e = coroutine.yield(c * 2)
  return d + e, "end"
end)
print(coroutine.status(co), coroutine.resume(co, 1, 2)) --> suspended	true	3
print(coroutine.status(co), coroutine.resume(co, 10)) --> suspended	true	20
print(coroutine.resume(co, 3, 4)) --> true	7	end
print(coroutine.status(co), coroutine.resume(co)) --> dead	false	cannot resume dead coroutine
print(coroutine.isyieldable(), select(2, coroutine.running()), pcall(coroutine.yield, 1)) --> false	true	false	attempt to yield from outside a coroutine
print(coroutine.wrap(function() return coroutine.isyieldable(), select(2, coroutine.running()) end)()) --> true	false
local wrapped = coroutine.wrap(function() error({ code = 5 }) end)
print(select(2, pcall(wrapped)).code) --> 5
print(pcall(coroutine.wrap(function() error("text") end))) --> false	6.2-coroutine.lua:15: text
local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)
print(gen(), gen(), gen(), gen(), pcall(gen)) --> 1	2	3	nil	false	cannot resume dead coroutine
print(pcall(coroutine.create, 1)) --> false	bad argument #1 to 'coroutine.create' (function expected, got number)
print(pcall(coroutine.resume, 1)) --> false	bad argument #1 to 'coroutine.resume' (thread expected, got number)
print(pcall(coroutine.status, {})) --> false	bad argument #1 to 'coroutine.status' (thread expected, got table)
local closed = {}
local c = coroutine.create(function()
  local x <close> = setmetatable({}, { __close = function(_, e) closed[#closed + 1] = tostring(e) end })
  coroutine.yield()
end)
coroutine.resume(c)
print(coroutine.close(c), coroutine.status(c), closed[1]) --> true	dead	nil
local failing = coroutine.create(function()
  local x <close> = setmetatable({}, { __close = function() error("in close", 0) end })
  coroutine.yield()
end)
coroutine.resume(failing)
print(coroutine.close(failing)) --> false	in close
print(coroutine.close(coroutine.create(print))) --> true
print(pcall(coroutine.close, coroutine.running())) --> false	cannot close a running coroutine
local outer = coroutine.wrap(function()
  local inner = coroutine.wrap(function() coroutine.yield("in"); coroutine.yield("in again") end)
  coroutine.yield(inner()); coroutine.yield("out"); coroutine.yield(inner())
end)
print(outer(), outer(), outer()) --> in	out	in again
local self
self = coroutine.create(function() return coroutine.resume(self) end)
print(coroutine.resume(self)) --> true	false	cannot resume non-suspended coroutine
print(select("#", coroutine.resume(coroutine.create(function(...) return select("#", ...) end), nil, nil))) --> 2
local status
local parent = coroutine.create(function(p) coroutine.resume(coroutine.create(function() status = coroutine.status(p) end)) end)
coroutine.resume(parent, parent)
print(status) --> normal
local mt = setmetatable({}, { __add = function(a, b) return coroutine.yield("add") end, __index = function(_, k) return coroutine.yield(k) end })
local m = coroutine.wrap(function() return mt + 1, mt.field end)
print(m(), m("sum"), m("value")) --> add	field	sum	value
local p = coroutine.wrap(function() return pcall(function() local v = coroutine.yield("y"); error(v, 0) end) end)
print(p(), p("thrown")) --> y	false	thrown
print(pcall(coroutine.wrap(function() table.sort({ 3, 2, 1 }, function() coroutine.yield() end) end))) --> false	attempt to yield across a C-call boundary
