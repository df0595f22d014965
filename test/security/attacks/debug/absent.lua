-- The debug library is not there.
-- expect: held
local ok = pcall(function() return debug.getregistry() end)
return not ok and "held"
