-- The same with a message handler.
-- stops: instructions time
while true do xpcall(error, function(m) return m end, "x") end
