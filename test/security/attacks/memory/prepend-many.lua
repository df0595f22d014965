-- A thousand strings that grow in turns.
-- stops: instructions
local t = {} for i = 1, 1000 do t[i] = "" end
while true do for i = 1, 1000 do t[i] = t[i] .. "ab" end end
