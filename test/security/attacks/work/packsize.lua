-- Long formats for pack.
-- stops: instructions time
local f = ("i4"):rep(50000)
while true do string.packsize(f) end
