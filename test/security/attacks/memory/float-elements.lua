-- Elements that hold small integers become floats with integral values, which is no allocation of the script's.
-- stops: memory
local t = {} local n = 0.0
while true do
  local r = {}
  for i = 1, 64 do r[i] = 1 end
  for i = 1, 64 do n = n + 1.0 r[i] = n end
  t[#t + 1] = r
end
