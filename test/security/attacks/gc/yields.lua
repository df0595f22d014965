-- A finalizer cannot yield.
-- expect: held
local said
setmetatable({}, {__gc = function() said = coroutine.isyieldable() end})
collectgarbage()
return said == false and "held"
