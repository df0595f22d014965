-- Collections with many weak entries.
-- stops: instructions time
local t = setmetatable({}, {__mode = "k"})
for i = 1, 100000 do t[{}] = {} end
while true do collectgarbage() t[{}] = 1 end
