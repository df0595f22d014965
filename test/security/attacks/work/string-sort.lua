-- Sorting long strings that differ at the end.
-- stops: instructions time
local t, long = {}, ("x"):rep(100000)
for i = 1, 200 do t[i] = long .. i * 7919 % 200 end
while true do table.sort(t) t[1], t[200] = t[200], t[1] end
