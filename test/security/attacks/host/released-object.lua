-- An object that the host took back is gone.
-- expect: held
local ok, message = pcall(function() return released.count end)
return not ok and message:find("was released", 1, true) and "held"
