-- Integer keys far apart.
-- stops: memory
local t = {} local i = 0 while true do i = i + 1 t[i * 1000] = true end
