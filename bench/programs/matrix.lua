-- Matrix multiplication: tables of rows, integers first and floats after.
local n = tonumber((...)) or 160

local function build(size, make)
  local m = {}
  for i = 1, size do
    local row = {}
    for j = 1, size do row[j] = make(i, j) end
    m[i] = row
  end
  return m
end

local function multiply(a, b)
  local size, c = #a, {}
  for i = 1, size do
    local ai, ci = a[i], {}
    for j = 1, size do
      local sum = 0
      for k = 1, size do sum = sum + ai[k] * b[k][j] end
      ci[j] = sum
    end
    c[i] = ci
  end
  return c
end

local function trace(m)
  local t = 0
  for i = 1, #m do t = t + m[i][i] end
  return t
end

local integers = build(n, function(i, j) return (i * j) % 10 - 4 end)
local floats = build(n, function(i, j) return (i - j) / n end)
print("matrix", trace(multiply(multiply(integers, integers), integers)), string.format("%.6f", trace(multiply(floats, floats))))
