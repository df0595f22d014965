-- A coroutine that is dropped with a pending __close holds nothing up.
-- stops: instructions
local mt = {__close = function() while true do end end}
while true do coroutine.wrap(function() local x <close> = setmetatable({}, mt) coroutine.yield() end)() end
