-- A string that doubles and is looked at.
-- stops: memory
local s = "x" while true do s = s .. s local _ = s:byte(-1) end
