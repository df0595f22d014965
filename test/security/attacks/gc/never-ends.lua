-- A finalizer that never ends.
-- stops: instructions time
setmetatable({}, {__gc = function() while true do end end})
collectgarbage()
