-- The same in steps, and counting.
-- stops: instructions time
local t = {} for i = 1, 200000 do t[i] = {i} end
while true do collectgarbage("step") collectgarbage("count") end
