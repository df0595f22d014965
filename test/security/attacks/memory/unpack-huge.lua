-- Unpacking 2^40 elements.
-- expect: error runtime: too many results to unpack
table.unpack({}, 1, 2 ^ 40 | 0)
