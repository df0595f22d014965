-- A metatable for each object.
-- stops: memory
local t = {} while true do t[#t + 1] = setmetatable({}, {__index = {}}) end
