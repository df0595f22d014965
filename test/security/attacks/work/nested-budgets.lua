-- Budgets inside budgets.
-- stops: instructions time
while true do limits.run({instructions = 100}, function() limits.run({instructions = 50}, function() while true do end end) end) end
