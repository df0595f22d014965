-- One instruction that looks for a place to store through two thousand tables.
-- stops: instructions time
local t = {} for _ = 1, 1900 do t = setmetatable({}, {__newindex = t}) end while true do t.x = nil end
