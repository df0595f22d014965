-- Case of long strings.
-- stops: instructions time
local s = ("aB"):rep(1e6)
while true do s:upper() s:lower() s:reverse() end
