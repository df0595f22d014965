-- %b at every opening parenthesis.
-- stops: instructions time
local s = ("("):rep(100000)
while true do s:find("%b()") end
