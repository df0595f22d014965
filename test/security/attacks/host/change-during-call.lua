-- A callback that changes what the host is reading.
-- expect: held
local t = {1, 2, 3}
local ok = pcall(callback, t, function() for i = 1, 1000 do t[i] = i end for k in pairs(t) do t[k] = nil end end)
return ok and "held"
