-- A set of many members, tried at every place.
-- stops: instructions time
local set = "[" .. ("abcdefghij"):rep(5000) .. "]"
local s = ("z"):rep(5000)
while true do s:find(set) end
