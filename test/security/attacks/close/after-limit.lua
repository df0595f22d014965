-- After a limit no __close runs, which could go on for ever.
-- stops: instructions time
local x <close> = setmetatable({}, {__close = function() while true do end end})
while true do end
