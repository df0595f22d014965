-- A finalizer of a budget that is over, which never ends.
-- stops: instructions time
limits.run({time = 1e9}, function() setmetatable({}, {__gc = function() while true do end end}) end)
while true do collectgarbage() end
