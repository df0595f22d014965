-- Nor may the state be closed on the way: pending variables and finalizers are still the script's.
-- expect: held
local closed = false
kept = setmetatable({}, {__gc = function() closed = true end})
local ok = pcall(function() os.exit(true, true) end)
return not ok and not closed and "held"
