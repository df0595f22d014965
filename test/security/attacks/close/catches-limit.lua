-- pcall inside __close does not catch a limit.
-- stops: instructions
local x <close> = setmetatable({}, {__close = function() while true do pcall(function() while true do end end) end end})
