-- Messages that grow.
-- stops: memory
local m = "x" while true do _, m = pcall(error, m .. m, 0) end
