-- Large tables made and dropped in turns, while a part is kept.
-- stops: memory
local keep = {} while true do local t = {} for j = 1, 250000 do t[j] = {j} end for i = 1, 100000 do keep[#keep + 1] = i end end
