-- A finalizer that allocates without end.
-- stops: memory
setmetatable({}, {__gc = function() local t = {} while true do t[#t + 1] = {} end end})
collectgarbage()
