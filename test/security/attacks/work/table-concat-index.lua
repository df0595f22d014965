-- Joining through __index up to an index far away.
-- stops: instructions time
table.concat(setmetatable({}, {__index = function() return "" end}), "", 1, math.maxinteger - 1)
