-- Functions that the host holds.
-- stops: memory
while true do hold(function() end) end
