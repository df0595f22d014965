-- A plain search that compares long at every place.
-- stops: instructions time
local s, p = ("a"):rep(300000), ("a"):rep(150000) .. "b"
while true do s:find(p, 1, true) end
