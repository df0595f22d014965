-- One long array of floats with integral values.
-- stops: memory
local t = {} local i = 0 while true do i = i + 1 t[i] = i + 0.0 end
