-- A plain search that is quadratic for searches that skip: it must look at the clock on the way.
-- stops: instructions time
local s, p = ("a"):rep(300000), ("a"):rep(75000) .. "b" .. ("a"):rep(75000)
while true do s:find(p, 1, true) end
