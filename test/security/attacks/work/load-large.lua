-- Compiling a large source again and again.
-- stops: instructions time
local s = ("local x = 1 "):rep(150) s = "do " .. s .. " end "
s = s:rep(500)
while true do load(s) end
