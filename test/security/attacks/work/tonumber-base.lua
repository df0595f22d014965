-- Long numerals in another base.
-- stops: instructions time
local s = ("1"):rep(5000000)
while true do tonumber(s, 7) end
