-- A string that grows byte by byte and is never looked at.
-- stops: memory
local s = "" while true do s = s .. "x" end
