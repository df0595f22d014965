-- A chain of ephemerons in the worst order: a collector may take quadratic time for it.
-- stops: instructions time
local t, keys = setmetatable({}, {__mode = "k"}), {}
for i = 1, 20000 do keys[i] = {} end
for i = 20000, 2, -1 do t[keys[i - 1]] = keys[i] end
root = keys[1] keys = nil
while true do collectgarbage() end
