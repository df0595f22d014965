-- table.insert without end.
-- stops: memory
local t = {} while true do table.insert(t, "x") end
