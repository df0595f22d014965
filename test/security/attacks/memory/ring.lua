-- A ring of tables, each dropped when its turn comes again, beside something that grows.
-- stops: memory
local ring, keep, n = {}, {}, 0 while true do n = n % 200000 + 1 ring[n] = {n} keep[#keep + 1] = 1 end
