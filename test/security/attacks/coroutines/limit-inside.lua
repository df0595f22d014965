-- A limit in a coroutine ends the run, not the coroutine.
-- stops: instructions time
local function loop() while true do end end
while true do coroutine.resume(coroutine.create(loop)) end
