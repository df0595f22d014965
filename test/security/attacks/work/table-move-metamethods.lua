-- Moving through metamethods.
-- stops: instructions time
table.move(setmetatable({}, {__index = function() return 1 end}), 1, math.maxinteger // 2, 1, setmetatable({}, {__newindex = function() end}))
