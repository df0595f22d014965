-- Many short strings.
-- stops: memory
local t = {} local i = 0 while true do i = i + 1 t[i] = "s" .. i end
