-- math.random over all ranges.
-- stops: instructions time
while true do math.random(0) math.random(math.mininteger, math.maxinteger) math.randomseed(1, 2) end
