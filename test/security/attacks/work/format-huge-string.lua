-- Quoting a long string again and again.
-- stops: instructions time
local s = ("\0\n\"\\"):rep(100000)
while true do string.format("%q", s) end
