-- A string that grows by a piece too long to be copied.
-- stops: instructions
local s = "" local i = 0 while true do i = i + 1 s = s .. "0123456789abcdef" .. i end
