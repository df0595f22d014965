-- Compiled functions, kept.
-- stops: memory
local t = {} local i = 0
while true do i = i + 1 t[i] = load("local a, b, c = ... return function() return a + b + c, 'text" .. i .. "', " .. i .. " end") end
