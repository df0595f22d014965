-- Positions far outside are clamped, not followed.
-- expect: held
local s = "abc"
local none = select("#", s:byte(math.maxinteger)) + select("#", s:byte(math.mininteger, -100)) + select("#", s:byte(4, 2))
return none == 0 and s:sub(math.mininteger, math.maxinteger) == "abc" and s:sub(-math.maxinteger) == "abc" and "held"
