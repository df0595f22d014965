-- Depth instead of width.
-- stops: memory
local t = {} while true do t = {t} end
