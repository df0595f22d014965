-- Sorting objects whose __lt works for ever.
-- stops: instructions time
-- blocks: yes
local mt = {__lt = function() while true do end end}
table.sort({setmetatable({}, mt), setmetatable({}, mt)})
