-- ipairs, pairs, next and # over arrays and records; insertion and removal in arrays.
local n = tonumber((...)) or 400

local array, record = {}, {}
for i = 1, 5000 do
  array[i] = i * 3 % 101
  record["key" .. i % 500] = i
end

local sum, keys = 0, 0
for round = 1, n do
  for i, v in ipairs(array) do sum = sum + i * v % 7 end
  for _, v in pairs(array) do sum = sum + v end
  for k, v in pairs(record) do sum, keys = sum + v % 5, keys + #k end
  local k, v = next(record)
  while k do
    sum = sum + v % 3
    k, v = next(record, k)
  end
  for i = 1, #array do array[i] = array[i] + 1 end
  if round % 10 == 0 then
    for _ = 1, 50 do table.insert(array, 10, table.remove(array)) end
  end
end

local stack = {}
for i = 1, n * 1000 do
  stack[#stack + 1] = i
  if i % 3 == 0 then stack[#stack] = nil end
end
local queue = {}
for i = 1, n * 20 do
  table.insert(queue, i)
  if i % 2 == 0 then sum = sum + table.remove(queue, 1) end
end
print("traversal", sum, keys, #stack, #queue, #table.move(array, 1, 100, 1, {}))
