-- A metatable on the globals stays in its own context.
-- expect: held
-- elsewhere: return planted == nil and getmetatable(_G) == nil and "held"
setmetatable(_G, {__index = function(_, k) return "planted" end, __newindex = function() end})
return planted == "planted" and "held"
