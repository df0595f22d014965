-- table.concat of one long string many times.
-- stops: memory
local s, t = ("x"):rep(10000), {} for i = 1, 20000 do t[i] = s end table.concat(t)
