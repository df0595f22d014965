-- Collections of long strings that differ only in the middle, and of many references to them.
-- stops: instructions time
local t, half = {}, ("x"):rep(10000)
for i = 1, 500 do t[i] = half .. string.pack("i4", i) .. half end
for i = 501, 20000 do t[i] = t[i % 500 + 1] end
while true do collectgarbage() end
