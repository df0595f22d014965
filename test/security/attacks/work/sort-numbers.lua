-- Sorting a million numbers.
-- stops: instructions time
local t = {} for i = 1, 1000000 do t[i] = i * 7919 % 1000003 end
while true do table.sort(t) t[1], t[1000000] = t[1000000], t[1] end
