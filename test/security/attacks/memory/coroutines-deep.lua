-- Coroutines that wait in deep recursion.
-- stops: memory
local t = {}
local function f(n) if n == 0 then coroutine.yield() else f(n - 1) end return 1 end
while true do local co = coroutine.wrap(f) co(200) t[#t + 1] = co end
