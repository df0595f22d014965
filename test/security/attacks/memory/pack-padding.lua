-- string.pack with padding.
-- stops: memory
local t = {} while true do t[#t + 1] = string.pack("c1000000", "x") .. #t end
