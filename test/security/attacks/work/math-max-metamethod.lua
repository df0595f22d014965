-- A comparison in math.max that never ends.
-- stops: instructions time
math.max(1, setmetatable({}, {__lt = function() while true do end end}))
