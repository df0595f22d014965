-- Long made-up keys.
-- stops: memory
local t = {} local i = 0 local long = ("k"):rep(200) while true do i = i + 1 t[long .. i] = true end
