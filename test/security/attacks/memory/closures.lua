-- Closures with upvalues.
-- stops: memory
local t = {} while true do local a, b = {}, 1 t[#t + 1] = function() return a, b end end
