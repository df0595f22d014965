-- string.rep with a separator.
-- stops: memory
local s = ("x"):rep(1e6 | 0, ("y"):rep(10000))
