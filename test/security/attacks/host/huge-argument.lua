-- A value too large for the host is an error of the script.
-- expect: error type: too large
local t = {} for i = 1, 1200000 do t[i] = i end
save(t)
