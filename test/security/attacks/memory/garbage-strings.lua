-- Garbage strings.
-- stops: instructions
local i = 0 while true do i = i + 1 local _ = ("x"):rep(100000) .. i end
