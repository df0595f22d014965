-- Coroutines that die.
-- stops: instructions time
while true do coroutine.resume(coroutine.create(error), "x") end
