-- Metamethods of an error object do not run while the host copies it.
-- expect: error runtime: 
error(setmetatable({code = 1}, {__index = function() while true do end end, __pairs = function() while true do end end, __len = function() while true do end end}))
