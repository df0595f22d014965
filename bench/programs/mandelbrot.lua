-- Float iteration in locals with an early exit; the result packed into bits.
local n = tonumber((...)) or 500

local inside, hash = 0, 0
for py = 0, n - 1 do
  local ci = 2.0 * py / n - 1.0
  local bits, width = 0, 0
  for px = 0, n - 1 do
    local cr = 2.0 * px / n - 1.5
    local zr, zi, tr, ti = 0.0, 0.0, 0.0, 0.0
    local steps = 0
    while steps < 50 and tr + ti < 4.0 do
      zi = 2.0 * zr * zi + ci
      zr = tr - ti + cr
      tr, ti = zr * zr, zi * zi
      steps = steps + 1
    end
    bits = bits << 1
    if steps == 50 then
      bits = bits | 1
      inside = inside + 1
    end
    width = width + 1
    if width == 8 then
      hash = (hash * 31 + bits) & 0xffffff
      bits, width = 0, 0
    end
  end
end
print("mandelbrot", inside, hash)
