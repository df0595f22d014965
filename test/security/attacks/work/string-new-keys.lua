-- New keys, each long enough to be a work to hash.
-- stops: instructions time
local t, long = {}, ("x"):rep(8000)
for i = 1, math.huge do local _ = t[long .. i] end
