-- A deep stack in each of many coroutines.
-- stops: memory
local t = {}
local function f(n) local a, b, c, d, e = n, n, n, n, n if n == 0 then coroutine.yield() end return f(n - 1) + a + b + c + d + e end
while true do local co = coroutine.create(f) coroutine.resume(co, 10000) t[#t + 1] = co end
