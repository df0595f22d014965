-- Long strings as keys: hashing them again and again.
-- stops: instructions time
local t, s = {}, ("x"):rep(100000)
local i = 0
while true do i = i + 1 t[s .. i] = true t[s .. i] = nil end
