-- A __tostring in string.format that never ends.
-- stops: instructions time
("%s"):format(setmetatable({}, {__tostring = function() while true do end end}))
