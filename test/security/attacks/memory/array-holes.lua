-- An array filled and emptied from the front.
-- stops: memory
local all = {}
while true do local t = {} for i = 1, 1000 do t[i] = i end for i = 1, 999 do t[i] = nil end all[#all + 1] = t end
