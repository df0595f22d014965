-- Float keys and integer keys, normalised again and again.
-- stops: instructions time
local t = {}
while true do for i = 1, 1000 do t[i + 0.0] = i t[i] = nil end end
