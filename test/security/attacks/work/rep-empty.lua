-- Repeating nothing 2^62 times.
-- expect: held
return (""):rep(math.maxinteger) == "" and (""):rep(1e15 | 0, "") == "" and "held"
