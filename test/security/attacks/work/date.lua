-- Dates and times.
-- stops: instructions time
while true do pcall(function() os.date("%c", 1e9 | 0) os.time({year = 2000, month = 1e6 | 0, day = -1e6 | 0}) end) end
