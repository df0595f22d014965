-- Tables as keys.
-- stops: memory
local t = {} while true do t[{}] = true end
