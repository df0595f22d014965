-- Megabytes made and thrown away.
-- stops: instructions time
while true do local _ = ("x"):rep(1e6):upper():reverse():lower() end
