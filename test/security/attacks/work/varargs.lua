-- Arguments copied over and over.
-- stops: instructions time
local function f(...) return ... end
while true do f(f(f(f(table.unpack({}, 1, 1000))))) end
