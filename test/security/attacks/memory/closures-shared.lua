-- Closures of one variable.
-- stops: memory
local t, x = {}, 1 while true do t[#t + 1] = function() return x end end
