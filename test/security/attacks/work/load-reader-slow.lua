-- A reader that gives spaces without end.
-- stops: instructions time memory
load(function() return "          " end)
