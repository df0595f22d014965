-- A value too deep for the host is an error of the script.
-- expect: error type: nested too deeply
local t = {} for _ = 1, 100000 do t = {t} end
save(t)
