-- A loop of gotos.
-- stops: instructions time
::again:: goto again
