-- __concat, __len, __eq, __lt, __call without end.
-- stops: instructions time
local mt = {} local o = setmetatable({}, mt)
mt.__concat = function() return o end mt.__len = function() return 1 end mt.__eq = function() return false end mt.__lt = function() return true end mt.__call = function() end
local p = setmetatable({}, mt)
while true do local _ = o .. p .. "x", #o, o == p, o < p, o() end
