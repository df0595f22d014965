-- Coroutines: generators, a recursive generator, ping-pong, producer and consumer, creation and death.
local n = tonumber((...)) or 1000000

local function range(limit)
  return coroutine.wrap(function()
    for i = 1, limit do coroutine.yield(i) end
  end)
end
local total = 0
for i in range(n) do total = total + i end

local function walk(tree)
  if tree then
    walk(tree.left)
    coroutine.yield(tree.value)
    walk(tree.right)
  end
end
local function insert(tree, value)
  if not tree then return { value = value } end
  if value < tree.value then tree.left = insert(tree.left, value) else tree.right = insert(tree.right, value) end
  return tree
end
local tree
for i = 1, n // 100 do tree = insert(tree, i * 7919 % 10007) end
local order, last = 0, -1
for value in coroutine.wrap(function() walk(tree) end) do
  assert(value >= last)
  last, order = value, order + 1
end

local ping = coroutine.create(function(x)
  while true do x = coroutine.yield(x + 1) end
end)
local ball = 0
for _ = 1, n do
  local _, answer = coroutine.resume(ping, ball)
  ball = answer
end

local dead = 0
for i = 1, n // 10 do
  local co = coroutine.create(function(a, b) return a + b end)
  local _, sum = coroutine.resume(co, i, 1)
  total = total + sum
  if coroutine.status(co) == "dead" then dead = dead + 1 end
end
print("coroutines", total, order, ball, dead)
