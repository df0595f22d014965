-- A finalizer that brings its object back and marks it again, for ever.
-- stops: instructions time
local mt = {}
mt.__gc = function(o) kept = setmetatable({o}, mt) end
setmetatable({}, mt)
while true do collectgarbage() end
