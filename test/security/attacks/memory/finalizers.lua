-- Objects with finalizers.
-- stops: memory
local t = {} local mt = {__gc = function() end} while true do t[#t + 1] = setmetatable({}, mt) end
