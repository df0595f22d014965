-- The same by a function.
-- stops: memory
local long = ("y"):rep(100000) local s = ("x"):rep(100000) s:gsub("x", function() return long end)
