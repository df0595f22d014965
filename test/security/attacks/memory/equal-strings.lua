-- Equal long strings, each made anew: a collection makes them one, and V8 has them all until it collects.
-- stops: memory
local t = {} while true do t[#t + 1] = {("x"):rep(400), {}, {}, {}} end
