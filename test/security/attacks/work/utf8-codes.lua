-- utf8.codes and gmatch with charpattern.
-- stops: instructions time
local s = ("世"):rep(100000)
while true do for _ in utf8.codes(s) do end for _ in s:gmatch(utf8.charpattern) do end end
