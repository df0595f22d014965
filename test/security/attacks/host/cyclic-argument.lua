-- A cycle crosses as a cycle.
-- expect: held
local t = {} t.t = t
return save(t) == false and "held"
