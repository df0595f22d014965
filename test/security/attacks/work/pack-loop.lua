-- string.pack and unpack of long strings.
-- stops: instructions time
local s = ("x"):rep(1e6)
while true do string.unpack("s8", string.pack("s8", s)) end
