-- A host function that swallows errors does not make a limit catchable.
-- stops: instructions time
while true do swallow(function() while true do end end) end
