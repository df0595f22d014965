-- Nor through a string.
-- expect: held
local ok, message = pcall(function() return ("x"):dump() end)
return not ok and (message:find("dump", 1, true) or message:find("nil value", 1, true)) and "held"
