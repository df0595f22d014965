-- A long list of small integers, nearly as large as it may be, whose elements then become floats with a fraction.
-- stops: memory
local t = {}
for i = 1, 3600000 do t[i] = 1 end
local n = 0.5
for i = 1, #t do n = n + 1.0 t[i] = n end
local more = {} while true do more[#more + 1] = {} end
