-- A reader that never ends.
-- stops: instructions time memory
-- blocks: yes
load(function() return "x = 1 " end)
