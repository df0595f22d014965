-- A long date format.
-- stops: instructions time
local f = ("%c"):rep(50000)
while true do pcall(function() os.date(f) end) end
