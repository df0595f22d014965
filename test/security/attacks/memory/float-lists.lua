-- Lists of floats with integral values, each of which is an object in V8.
-- stops: memory
local t = {} local n = 0.0
while true do n = n + 1.0 t[#t + 1] = {n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7, n + 8, n + 9, n + 10, n + 11, n + 12, n + 13, n + 14, n + 15} end
