-- A large source with an error at its end, which is looked for twice.
-- stops: instructions time
local s = ("x = 1 "):rep(500000) .. " = "
while true do load(s) end
