-- table.pack of table.unpack, kept.
-- stops: memory
local list = {} for i = 1, 100000 do list[i] = i end
local t = {} while true do t[#t + 1] = table.pack(table.unpack(list)) end
