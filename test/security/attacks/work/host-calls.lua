-- Host calls without end.
-- stops: hostCalls instructions time
while true do pcall(this) end
