-- A message handler that never ends, of an error in a message handler.
-- stops: instructions time
xpcall(error, function() xpcall(error, function() while true do end end) end)
