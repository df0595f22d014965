-- Walking through arguments with select: quadratic.
-- stops: instructions time
local function walk(...) for i = 1, select("#", ...) do local _ = select(i, ...) end end
while true do walk(table.unpack({}, 1, 20000)) end
