-- Errors from deep recursion, with their positions.
-- stops: instructions time
local function f(n) if n == 0 then error("deep") end return 1 + f(n - 1) end
while true do pcall(f, 10000) end
