-- All bytes of a string as results.
-- stops: instructions time
local s = ("x"):rep(100000)
while true do select("#", s:byte(1, -1)) end
