-- Building text in a table and joining it once.
local n = tonumber((...)) or 70000

local total, last = 0, ""
for round = 1, 12 do
  local parts = {}
  for i = 1, n do
    parts[#parts + 1] = "row"
    parts[#parts + 1] = i * round
  end
  last = table.concat(parts, ",")
  total = total + #last
end

local csv = {}
for r = 1, n do
  csv[r] = table.concat({ r, r * 2, "name" .. r % 100, r / 4 }, ";")
end
local joined = table.concat(csv, "\n", 1, n)
print("table_concat", total, #joined, joined:sub(-12), last:sub(1, 20))
