-- gsub that makes each byte many.
-- stops: memory
local s = ("x"):rep(100000) s:gsub("x", ("y"):rep(100000))
