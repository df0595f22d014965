-- Fields of a date that never come.
-- stops: instructions time
os.time(setmetatable({}, {__index = function() while true do end end}))
