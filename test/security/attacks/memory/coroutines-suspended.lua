-- Coroutines that wait.
-- stops: memory
local t = {} while true do local co = coroutine.wrap(function(...) coroutine.yield(...) end) co(1, 2, 3) t[#t + 1] = co end
