-- Full collections of a large heap, again and again.
-- stops: instructions time
local t = {} for i = 1, 200000 do t[i] = {i} end
while true do collectgarbage() end
