-- Moving 2^62 elements.
-- stops: instructions time
table.move({}, 1, math.maxinteger // 2, 2)
