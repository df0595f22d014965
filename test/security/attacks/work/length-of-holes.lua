-- The border of a table of holes, looked for without end.
-- stops: instructions time
local t = {} for i = 1, 100000 do t[i] = i end
for i = 2, 100000, 2 do t[i] = nil end
while true do t[#t + 1] = 1 t[#t] = nil local _ = #t end
