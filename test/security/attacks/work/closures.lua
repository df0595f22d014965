-- Closures made and thrown away.
-- stops: instructions time
local a, b, c = 1, 2, 3
while true do local _ = function() return a, b, c end end
