-- Comparing long equal strings.
-- stops: instructions time
local a, b = ("x"):rep(1e6) .. "a", ("x"):rep(1e6) .. "b"
while true do local _ = a < b, a <= b end
