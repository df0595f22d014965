-- string.format joined to a long string.
-- stops: memory
local s = ("x"):rep(10000000) local t = {} while true do t[#t + 1] = string.format("%s%s%s%d", s, s, s, #t) end
