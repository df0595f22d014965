-- One with a million values.
-- expect: error runtime: 
local e = {} for i = 1, 600000 do e[i] = {i} end
error(e)
