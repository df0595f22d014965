-- Tables that the host gives.
-- stops: memory
local t = {} while true do t[#t + 1] = give() end
