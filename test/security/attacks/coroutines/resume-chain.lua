-- A chain of coroutines that resume each other ends with an error.
-- expect: held
local depth = 0
local function deeper() depth = depth + 1 local ok, m = coroutine.resume(coroutine.create(deeper)) return ok, m end
deeper()
return depth > 100 and depth < 300 and "held"
