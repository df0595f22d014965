-- One source of many megabytes.
-- stops: memory
local line = "x = {1, 2, 3, 'text', f(x, y, z)}\n" load(line:rep(4000000))
