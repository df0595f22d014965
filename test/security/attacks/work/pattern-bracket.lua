-- A set of megabytes, from which one item of a pattern is made.
-- stops: instructions time
local p = "[" .. ("a"):rep(500000) .. "]*%f[" .. ("a"):rep(500000) .. "]"
while true do ("x"):match(p) end
