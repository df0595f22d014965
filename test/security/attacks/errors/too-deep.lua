-- One too deep to show is an error without a value, not a failure of the host.
-- expect: error runtime: 
local e = {} for _ = 1, 100000 do e = {e} end
error(e)
