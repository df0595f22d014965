-- Arguments that double at each level.
-- stops: memory
local t = {}
local function keep(...) t[#t + 1] = {...} end
while true do keep(table.unpack({}, 1, 50000)) end
