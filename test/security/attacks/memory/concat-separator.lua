-- table.concat with a long separator.
-- stops: memory
local t = {} for i = 1, 100000 do t[i] = "" end table.concat(t, ("x"):rep(1000))
