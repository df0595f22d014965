-- Made-up keys, a few in each table: as many shapes.
-- stops: memory
local t = {} local i = 0 while true do i = i + 1 t[i] = {["a" .. i] = 1, ["b" .. i] = 2} end
