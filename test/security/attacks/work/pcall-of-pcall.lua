-- pcall called by pcall called by pcall.
-- stops: instructions time
while true do pcall(pcall, pcall, pcall, pcall, error) end
