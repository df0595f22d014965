-- A border in the hash part, doubled up to 2^46.
-- stops: instructions time
local t = {} for i = 0, 52 do t[2 ^ i | 0] = 1 end
while true do local _ = #t end
