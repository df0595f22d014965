-- Short slices of long strings: they must not keep the long ones alive.
-- stops: instructions
local t = {} local i = 0
while true do i = i + 1 t[i] = (("x"):rep(100000) .. i):sub(1, 30) end
