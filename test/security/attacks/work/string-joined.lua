-- A long string joined anew each time, and looked at in one place.
-- stops: time
local long, byte = ("x"):rep(10000000), string.byte
for i = 1, math.huge do byte(long .. i, 1) end
