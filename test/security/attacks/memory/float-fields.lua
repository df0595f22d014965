-- Fields that hold small integers become floats with integral values, which is no allocation of the script's.
-- stops: memory
local t = {} local n = 0.0
while true do
  local r = {a = 1, b = 1, c = 1, d = 1, e = 1, f = 1, g = 1, h = 1, i = 1, j = 1, k = 1, l = 1, m = 1, n = 1, o = 1, p = 1}
  for k in pairs(r) do n = n + 1.0 r[k] = n end
  t[#t + 1] = r
end
