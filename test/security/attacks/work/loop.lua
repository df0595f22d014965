-- The plainest one.
-- stops: instructions time
while true do end
