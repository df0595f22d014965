-- Quoting long strings of control bytes.
-- stops: instructions time
local s = ("\0"):rep(2000000)
while true do ("%q"):format(s) end
