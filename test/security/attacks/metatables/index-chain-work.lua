-- One instruction that looks through a thousand tables for a field that none has.
-- stops: instructions time
local t = {} for _ = 1, 1000 do t = setmetatable({}, {__index = t}) end while true do local _ = t.x end
