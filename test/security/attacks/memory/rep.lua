-- string.rep of gigabytes.
-- stops: memory
local s = ("x"):rep(4e9 | 0)
