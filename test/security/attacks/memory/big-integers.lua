-- One long array of 64-bit integers.
-- stops: memory
local t = {} local i = math.maxinteger while true do i = i - 1 t[#t + 1] = i end
