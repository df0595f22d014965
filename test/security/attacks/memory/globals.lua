-- Globals without end.
-- stops: memory
local i = 0 while true do i = i + 1 _G["g" .. i] = {} end
