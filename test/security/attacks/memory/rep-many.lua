-- Many strings of a megabyte.
-- stops: memory
local t = {} local i = 0 while true do i = i + 1 t[i] = ("x"):rep(1000000) .. i end
