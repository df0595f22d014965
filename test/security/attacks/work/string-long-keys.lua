-- Long keys of the same length that differ only in the middle: JavaScript's own tables of them would search all.
-- stops: instructions time
local t, half = {}, ("x"):rep(10000)
for i = 1, 1000 do t[half .. string.pack("i4", i) .. half] = i end
while true do for k in pairs(t) do local _ = t[k] end end
