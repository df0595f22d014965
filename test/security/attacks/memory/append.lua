-- A string that grows byte by byte and is never looked at.
-- stops: instructions
local s = "" while true do s = s .. "x" end
