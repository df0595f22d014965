-- A large table copied to the host again and again.
-- stops: instructions time
local t = {} for i = 1, 100000 do t[i] = i end
while true do save(t) end
