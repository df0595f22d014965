-- Nor resumed, closed or wrapped from inside.
-- expect: held
local main, isMain = coroutine.running()
local ok, message = coroutine.resume(main)
return not ok and not pcall(coroutine.close, main) and "held"
