-- A binary heap as a priority queue: Dijkstra on a grid.
local n = tonumber((...)) or 230

local Heap = {}
Heap.__index = Heap
function Heap.new() return setmetatable({ size = 0, keys = {}, values = {} }, Heap) end
function Heap:push(key, value)
  local keys, values = self.keys, self.values
  self.size = self.size + 1
  local i = self.size
  while i > 1 do
    local parent = i // 2
    if keys[parent] <= key then break end
    keys[i], values[i] = keys[parent], values[parent]
    i = parent
  end
  keys[i], values[i] = key, value
end
function Heap:pop()
  local keys, values, size = self.keys, self.values, self.size
  local top_key, top_value = keys[1], values[1]
  local key, value = keys[size], values[size]
  keys[size], values[size] = nil, nil
  size = size - 1
  self.size = size
  if size > 0 then
    local i = 1
    while true do
      local child = 2 * i
      if child > size then break end
      if child < size and keys[child + 1] < keys[child] then child = child + 1 end
      if keys[child] >= key then break end
      keys[i], values[i] = keys[child], values[child]
      i = child
    end
    keys[i], values[i] = key, value
  end
  return top_key, top_value
end

local cost, seed = {}, 5
for i = 1, n * n do
  seed = (seed * 16807) % 2147483647
  cost[i] = seed % 9 + 1
end

local function shortest(from)
  local distance, heap, visited = { [from] = 0 }, Heap.new(), 0
  heap:push(0, from)
  while heap.size > 0 do
    local d, cell = heap:pop()
    if d == distance[cell] then
      visited = visited + 1
      local x = (cell - 1) % n
      local function relax(next_cell)
        local longer = d + cost[next_cell]
        local known = distance[next_cell]
        if not known or longer < known then
          distance[next_cell] = longer
          heap:push(longer, next_cell)
        end
      end
      if x > 0 then relax(cell - 1) end
      if x < n - 1 then relax(cell + 1) end
      if cell > n then relax(cell - n) end
      if cell <= n * (n - 1) then relax(cell + n) end
    end
  end
  return distance, visited
end

local total = 0
for round = 1, 5 do
  local distance, visited = shortest(round * n)
  total = total + distance[n * n] + distance[1] + visited
end
print("heap", total)
