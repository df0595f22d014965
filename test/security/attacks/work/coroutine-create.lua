-- Coroutines made, run and thrown away.
-- stops: instructions time
while true do coroutine.wrap(function() coroutine.yield() end)() end
