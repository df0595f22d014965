-- Errors caught without end.
-- stops: instructions time
while true do pcall(error, "x") end
