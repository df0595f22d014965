-- string.format, tostring and tonumber over integers, floats and strings.
local n = tonumber((...)) or 80000

local size, sum = 0, 0
local format = string.format
for i = 1, n do
  local s = format("%5d|%-6s|%x", i, "ab", i)
  size = size + #s
  s = format("%.3f %8.2f %g", i / 7, i * 1.5, i / 4)
  size = size + #s
  s = format("%q %s %s", "line\n" .. i, i % 2 == 0, nil)
  size = size + #s
  sum = sum + tonumber(format("%d", i)) + tonumber(i .. ".5") + tonumber("0x" .. format("%X", i % 255))
  size = size + #tostring(i) + #tostring(i + 0.25)
end
print("format", size, format("%.1f", sum))
