-- A find that fails late at every place.
-- stops: instructions time
local s = ("a"):rep(200000)
while true do s:find(".-b") end
