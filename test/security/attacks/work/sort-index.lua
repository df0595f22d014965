-- Sorting a table of 2^31 elements that does not exist.
-- expect: held
return not pcall(table.sort, setmetatable({}, {__len = function() return math.maxinteger end})) and "held"
