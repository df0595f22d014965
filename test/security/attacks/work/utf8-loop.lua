-- utf8 functions over a long string.
-- stops: instructions time
local s = ("é"):rep(200000)
while true do utf8.len(s) utf8.offset(s, -1) utf8.offset(s, 199999) end
