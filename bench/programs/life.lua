-- A cellular automaton on a wrapped grid: nested arrays, neighbour counts.
local n = tonumber((...)) or 1000

local width, height = 64, 40
local function empty()
  local g = {}
  for y = 1, height do
    g[y] = {}
    for x = 1, width do g[y][x] = 0 end
  end
  return g
end

local grid, other = empty(), empty()
local seed = 3
for y = 1, height do
  for x = 1, width do
    seed = (seed * 16807) % 2147483647
    grid[y][x] = seed % 3 == 0 and 1 or 0
  end
end

local function step(from, to)
  for y = 1, height do
    local above, row, below = from[(y - 2) % height + 1], from[y], from[y % height + 1]
    local out = to[y]
    for x = 1, width do
      local l, r = (x - 2) % width + 1, x % width + 1
      local sum = above[l] + above[x] + above[r] + row[l] + row[r] + below[l] + below[x] + below[r]
      out[x] = (sum == 3 or (sum == 2 and row[x] == 1)) and 1 or 0
    end
  end
end

local population = 0
for _ = 1, n do
  step(grid, other)
  grid, other = other, grid
  for y = 1, height do
    for x = 1, width do population = population + grid[y][x] end
  end
end
local picture = {}
for y = 1, 3 do picture[y] = table.concat(grid[y]) end
print("life", population, (table.concat(picture, "/"):gsub("0", "."):gsub("1", "#"):sub(1, 60)))
