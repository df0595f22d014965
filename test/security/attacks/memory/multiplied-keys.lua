-- The same long key in many tables.
-- stops: memory
local key = ("k"):rep(1000) local t = {} while true do t[#t + 1] = {[key] = 1} end
