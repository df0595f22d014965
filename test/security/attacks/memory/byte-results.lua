-- Bytes of strings, packed and kept.
-- stops: memory
local s, t = ("x"):rep(100000), {} while true do t[#t + 1] = {s:byte(1, -1)} end
