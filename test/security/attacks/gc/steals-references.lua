-- A finalizer sees only its own object.
-- expect: held
local seen
do setmetatable({secret = 1}, {__gc = function(...) seen = select("#", ...) end}) end
collectgarbage()
return seen == 1 and "held"
