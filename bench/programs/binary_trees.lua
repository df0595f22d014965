-- Allocation: many short-lived binary trees of small tables.
local n = tonumber((...)) or 15

local function build(depth)
  if depth == 0 then return {} end
  return { build(depth - 1), build(depth - 1) }
end
local function count(tree)
  if tree[1] then return 1 + count(tree[1]) + count(tree[2]) end
  return 1
end

local long_lived = build(n)
local sums = {}
for depth = 4, n, 4 do
  local rounds, sum = 1 << (n - depth + 2), 0
  for _ = 1, rounds do sum = sum + count(build(depth)) end
  sums[#sums + 1] = sum
end
print("binary_trees", count(long_lived), table.concat(sums, " "))
