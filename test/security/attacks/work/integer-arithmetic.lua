-- 64-bit multiplication and division.
-- stops: instructions time
local x = math.maxinteger
while true do x = x * 6364136223846793005 + 1442695040888963407; local _ = x // 3, x % 7, x >> 3, x ~ 5 end
