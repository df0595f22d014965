-- Catching what cannot be caught, at every level.
-- stops: instructions time
local function f(n) if n == 0 then while true do end end repeat pcall(f, n - 1) until false end
f(50)
