-- Equality of long strings that differ at the end.
-- stops: instructions time
local a, b = ("x"):rep(2e6) .. "a", ("x"):rep(2e6) .. "b"
while true do local _ = a == b end
