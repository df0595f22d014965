-- Neither pcall nor wrap catches it.
-- stops: instructions time
while true do pcall(coroutine.wrap(function() while true do end end)) end
