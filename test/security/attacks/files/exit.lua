-- The host's process cannot be ended.
-- expect: held
local ok = pcall(function() os.exit(1) end) or pcall(function() os.exit(true) end)
return not ok and "held"
