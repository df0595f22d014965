-- A message handler does not see a limit.
-- stops: instructions
xpcall(function() while true do end end, function() while true do end end)
