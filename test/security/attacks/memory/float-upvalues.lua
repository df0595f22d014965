-- Variables of closures that hold small integers become floats with integral values.
-- stops: memory
local t = {} local n = 0.0
while true do
  local a, b, c, d, e, f, g, h = 1, 1, 1, 1, 1, 1, 1, 1
  local function keep() return a, b, c, d, e, f, g, h end
  n = n + 1.0
  a = n + 1 b = n + 2 c = n + 3 d = n + 4 e = n + 5 f = n + 6 g = n + 7 h = n + 8
  t[#t + 1] = keep
end
