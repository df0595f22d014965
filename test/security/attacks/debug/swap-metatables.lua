-- Giving a host object the metatable of another type gives no access to it.
-- policy: none
-- expect: held
debug.setmetatable(vault, debug.getmetatable(object))
local ok, message = pcall(function() return vault.count end)
return not ok and message:find("Counter expected", 1, true) and "held"
