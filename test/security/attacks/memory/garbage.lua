-- Garbage as fast as it can be made: nothing is kept, so a limit of memory need not stop it, but the process must not grow.
-- stops: instructions
while true do local _ = {{}, {}, {}, "x" .. 1} end
