-- Two coroutines cannot resume each other in a circle.
-- expect: held
local a, b
a = coroutine.create(function() return coroutine.resume(b) end)
b = coroutine.create(function() return coroutine.resume(a) end)
local _, _, ok, message = coroutine.resume(a)
return ok == false and message == "cannot resume non-suspended coroutine" and "held"
