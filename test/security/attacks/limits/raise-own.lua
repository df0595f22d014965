-- A nested budget cannot give more than there is left.
-- stops: instructions
limits.run({instructions = 1e15}, function() while true do end end)
return "not stopped"
