-- Backtracking: n queens, with boolean arrays and again with bit masks.
local n = tonumber((...)) or 8

local columns, rising, falling = {}, {}, {}
local function place(row)
  if row > n then return 1 end
  local found = 0
  for column = 1, n do
    local up, down = row + column, row - column + n
    if not columns[column] and not rising[up] and not falling[down] then
      columns[column], rising[up], falling[down] = true, true, true
      found = found + place(row + 1)
      columns[column], rising[up], falling[down] = false, false, false
    end
  end
  return found
end

local full = (1 << n + 1) - 1
local function place_bits(taken, left, right)
  if taken == full then return 1 end
  local found, free = 0, full & ~(taken | left | right)
  while free ~= 0 do
    local bit = free & -free
    free = free ~ bit
    found = found + place_bits(taken | bit, (left | bit) << 1, (right | bit) >> 1)
  end
  return found
end

local total = 0
for _ = 1, 220 do total = total + place(1) end
for _ = 1, 80 do total = total + place_bits(0, 0, 0) end
print("nqueens", n, total)
