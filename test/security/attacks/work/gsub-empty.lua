-- Matching nothing at every place of a long string.
-- stops: instructions time
local s = ("x"):rep(100000)
while true do s:gsub("", "") end
