-- package.searchpath does not tell which files exist.
-- expect: held
local ok, found = pcall(function() return package.searchpath("passwd", "/etc/?") end)
return (not ok or found == nil) and "held"
