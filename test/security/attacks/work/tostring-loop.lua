-- Floats to text and back.
-- stops: instructions time
local x = 0.1
while true do x = tonumber(tostring(x)) * 1.0000001 if x > 1e300 then x = 0.1 end end
