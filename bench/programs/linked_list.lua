-- A linked list and a two-ended queue: pointer chasing, insertion, removal.
local n = tonumber((...)) or 500000

local list, length = nil, 0
for i = 1, n do
  list = { value = i, next = list }
  length = length + 1
end
local reversed = nil
while list do
  local following = list.next
  list.next = reversed
  reversed, list = list, following
end
local sum, node, position = 0, reversed, 1
while node do
  sum = sum + node.value * (position % 3)
  if node.next and position % 5 == 0 then node.next = node.next.next; length = length - 1 end
  node, position = node.next, position + 1
end

local Queue = {}
Queue.__index = Queue
function Queue.new() return setmetatable({ first = 1, last = 0, items = {} }, Queue) end
function Queue:push(v)
  self.last = self.last + 1
  self.items[self.last] = v
end
function Queue:pop()
  local v = self.items[self.first]
  self.items[self.first] = nil
  self.first = self.first + 1
  return v
end
function Queue:size() return self.last - self.first + 1 end

local queue, popped = Queue.new(), 0
for i = 1, n do
  queue:push(i)
  if queue:size() > 50 then popped = popped + queue:pop() end
  if i % 3 == 0 then popped = popped - queue:pop() end
end
print("linked_list", length, sum, popped, queue:size())
