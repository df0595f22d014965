-- Arguments collected into tables, kept.
-- stops: memory
local list = {} for i = 1, 50000 do list[i] = i end
local t = {}
local function keep(...) t[#t + 1] = {...} end
while true do keep(table.unpack(list)) end
