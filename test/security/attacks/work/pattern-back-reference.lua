-- Back references to long captures.
-- stops: instructions time
local s = ("a"):rep(20000)
while true do s:find("(.*)%1b") end
