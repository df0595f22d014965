-- A loop of 2^63 rounds.
-- stops: instructions time
for i = math.mininteger, math.maxinteger do end
