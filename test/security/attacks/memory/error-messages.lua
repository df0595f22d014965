-- Messages that grow.
-- stops: memory
-- growth: 2
local m = "x" while true do _, m = pcall(error, m .. m, 0) end
