-- A loop of __newindex tables is found.
-- expect: error runtime: '__newindex' chain too long; possible loop
local a, b = {}, {}
setmetatable(a, {__newindex = b}) setmetatable(b, {__newindex = a})
a.x = 1
