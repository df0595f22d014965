-- No machine code.
-- expect: held
local ok, f = pcall(function() return package.loadlib("libc.so.6", "system") end)
return (not ok or f == nil) and "held"
