-- rawequal on long strings that differ at the end.
-- stops: instructions time
local a, b = ("x"):rep(2e6) .. "a", ("x"):rep(2e6) .. "b"
while true do rawequal(a, b) end
