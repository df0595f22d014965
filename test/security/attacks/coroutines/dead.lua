-- A dead coroutine stays dead.
-- expect: held
local co = coroutine.create(error)
coroutine.resume(co)
return coroutine.resume(co) == false and coroutine.status(co) == "dead" and "held"
