-- A long chain of __call.
-- stops: instructions time
local f = function() end
for _ = 1, 100 do f = setmetatable({}, {__call = f}) end
while true do pcall(f) end
