-- A reader that never ends.
-- stops: instructions time memory
load(function() return "x = 1 " end)
