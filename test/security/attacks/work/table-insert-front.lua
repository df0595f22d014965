-- Inserting at the front: quadratic.
-- stops: instructions time
local t = {}
while true do table.insert(t, 1, 1) end
