-- table.sort: integers, floats, strings, with and without a comparison function.
local n = tonumber((...)) or 90000

local seed = 7
local function random(limit)
  seed = (seed * 16807) % 2147483647
  return seed % limit
end

local integers, floats, strings, records = {}, {}, {}, {}
for i = 1, n do
  integers[i] = random(1000000)
  floats[i] = random(1000000) / 7
  strings[i] = "k" .. random(100000)
  records[i] = { key = random(1000), index = i }
end

table.sort(integers)
table.sort(floats, function(a, b) return a > b end)
table.sort(strings)
table.sort(records, function(a, b)
  if a.key ~= b.key then return a.key < b.key end
  return a.index < b.index
end)
table.sort(integers)

local check = 0
for i = 1, n, 97 do check = (check * 31 + integers[i] + #strings[i] + records[i].index) % 1000003 end
for i = 2, n do assert(integers[i - 1] <= integers[i] and floats[i - 1] >= floats[i] and strings[i - 1] <= strings[i]) end
print("sort", check, integers[1], strings[n], string.format("%.3f", floats[1]))
