-- Sorting through __index and __newindex.
-- stops: instructions time
table.sort(setmetatable({}, {__len = function() return 2 ^ 30 | 0 end, __index = function(_, i) return i end, __newindex = function() end}))
