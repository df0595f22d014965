-- An iterator that never ends.
-- stops: instructions time
for _ in function() return true end do end
