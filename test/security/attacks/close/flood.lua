-- To-be-closed variables without end.
-- stops: instructions memory
local function f() local x <close> = setmetatable({}, {__close = function() end}) return f(), 1 end
while true do pcall(f) end
