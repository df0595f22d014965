-- string.rep with a long separator.
-- stops: memory
local s = ("x"):rep(10000, ("y"):rep(10000))
