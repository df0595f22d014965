-- Closed upvalues.
-- stops: memory
local t = {} while true do local a, b, c, d = 1, 2, 3, 4 t[#t + 1] = function() a = b c = d return a, b, c, d end end
