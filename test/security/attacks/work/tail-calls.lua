-- Tail calls need no stack.
-- stops: instructions time
local function f() return f() end
return f()
