-- A million results, thrown away.
-- stops: instructions time
local t = {}
while true do select("#", table.unpack(t, 1, 200000)) end
