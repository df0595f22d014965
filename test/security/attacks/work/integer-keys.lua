-- Integer keys that JavaScript's own tables put into one chain: their hash is known, and inverted here.
-- stops: instructions time
local function inverse(odd) -- modulo 2^32
  local x = odd
  for _ = 1, 5 do x = x * (2 - odd * x) & 0xffffffff end
  return x
end
local by2057, by5, by32767 = inverse(2057), inverse(5), inverse(0x7fff)
local t = {}
for high = 1, 0x3fff do
  local h = high << 16
  h = (h ~ (h >> 16)) * by2057 & 0xffffffff
  h = h ~ (h >> 4) h = h ~ (h >> 8) h = h ~ (h >> 16)
  h = h * by5 & 0xffffffff
  h = h ~ (h >> 12) h = h ~ (h >> 24)
  h = (h + 1) * by32767 & 0xffffffff -- of ~h + (h << 15)
  t[h >= 0x80000000 and h - 0x100000000 or h] = true
end
while true do for k in pairs(t) do local _ = t[k] end end
