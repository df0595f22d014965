-- A limit inside a finalizer is not caught there.
-- stops: instructions
setmetatable({}, {__gc = function() while true do pcall(function() while true do end end) end end})
collectgarbage()
