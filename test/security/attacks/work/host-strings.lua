-- A long text copied to the host again and again.
-- stops: instructions time
local s = ("é"):rep(1e6)
while true do save(s) end
