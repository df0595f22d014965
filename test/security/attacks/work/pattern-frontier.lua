-- Frontier patterns with large sets.
-- stops: instructions time
local s = ("a "):rep(50000)
while true do s:gsub("%f[%w]%f[%w]%f[^%s%d%p%c]", "") end
