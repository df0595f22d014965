-- string.rep of hundreds of megabytes.
-- stops: memory
local s = ("x"):rep(400000000)
