-- Finalizers that make objects with finalizers.
-- stops: instructions time
local mt = {}
mt.__gc = function() setmetatable({}, mt) setmetatable({}, mt) end
setmetatable({}, mt)
while true do collectgarbage() end
