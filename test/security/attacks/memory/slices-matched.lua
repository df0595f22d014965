-- The same by captures of a pattern.
-- stops: instructions
local t = {} local i = 0
while true do i = i + 1 t[i] = (i .. ("x"):rep(100000)):match("^(%d+x?x?x?x?x?x?x?x?x?x?x?x?x?x?x?x?x?x?)") end
