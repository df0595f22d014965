-- __close that opens itself again.
-- expect: error runtime: stack overflow
local function f() local x <close> = setmetatable({}, {__close = function() f() end}) end
f()
