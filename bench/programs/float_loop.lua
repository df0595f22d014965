-- Float arithmetic on locals: a series for pi, a Newton iteration, a float-stepped loop.
local n = tonumber((...)) or 7000000

local pi, sign = 0.0, 1.0
for i = 0, n - 1 do
  pi = pi + sign / (2.0 * i + 1.0)
  sign = -sign
end

local roots = 0.0
for i = 1, n // 10 do
  local x, r = i + 0.5, 1.0
  for _ = 1, 8 do r = 0.5 * (r + x / r) end
  roots = roots + r
end

local area = 0.0
for x = 0.0, 1.0, 1.0 / (n // 2) do area = area + x * x * (1.0 - x) end

print("float_loop", string.format("%.9f %.6f %.6f", pi * 4, roots, area / (n // 2)))
