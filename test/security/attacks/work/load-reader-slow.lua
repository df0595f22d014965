-- A reader that gives spaces without end.
-- stops: instructions time memory
-- blocks: yes
load(function() return "          " end)
