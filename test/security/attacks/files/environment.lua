-- No environment variables.
-- expect: held
local ok, value = pcall(function() return os.getenv("PATH") or os.getenv("HOME") end)
return (not ok or value == nil) and "held"
