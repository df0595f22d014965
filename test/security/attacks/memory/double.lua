-- A string that doubles.
-- stops: memory
-- growth: 2
local s = "x" while true do s = s .. s end
