-- The same as the literal beginning of a pattern.
-- stops: instructions time
local s, p = ("a"):rep(300000), ("a"):rep(75000) .. "b" .. ("a"):rep(75000) .. "."
while true do s:find(p) end
