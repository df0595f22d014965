-- An iterator over empty matches, started anew.
-- stops: instructions time
local s = ("a"):rep(1000)
while true do for _ in s:gmatch("a-") do end end
