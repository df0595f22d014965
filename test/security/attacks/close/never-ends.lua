-- A __close that never ends.
-- stops: instructions time
local x <close> = setmetatable({}, {__close = function() while true do end end})
