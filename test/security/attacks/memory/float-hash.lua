-- Entries of the hash part that hold small integers become floats with integral values.
-- stops: memory
local t = {} local n = 0.0
for i = 1, 400000 do t[i + 0.5] = 1 end
for k in pairs(t) do n = n + 1.0 t[k] = n end
local more = {} while true do more[#more + 1] = {} end
