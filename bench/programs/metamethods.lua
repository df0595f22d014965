-- Metamethods: arithmetic, comparison, __index and __newindex functions, __call, __concat, __len, __eq.
local n = tonumber((...)) or 180000

local V = {}
V.__index = V
local function vec(x, y) return setmetatable({ x = x, y = y }, V) end
V.__add = function(a, b) return vec(a.x + b.x, a.y + b.y) end
V.__sub = function(a, b) return vec(a.x - b.x, a.y - b.y) end
V.__mul = function(a, b)
  if type(a) == "number" then return vec(a * b.x, a * b.y) end
  return a.x * b.x + a.y * b.y
end
V.__unm = function(a) return vec(-a.x, -a.y) end
V.__eq = function(a, b) return a.x == b.x and a.y == b.y end
V.__lt = function(a, b) return a.x < b.x end
V.__le = function(a, b) return a.x <= b.x end
V.__len = function(a) return math.abs(a.x) + math.abs(a.y) end
V.__call = function(a, k) return k == 1 and a.x or a.y end
V.__concat = function(a, b) return tostring(a) .. "|" .. tostring(b) end
V.__tostring = function(a) return "(" .. a.x .. "," .. a.y .. ")" end

local position, velocity, equal, less, size = vec(0, 0), vec(3, -2), 0, 0, 0
for i = 1, n do
  position = position + velocity - vec(i % 5, -(i % 3))
  if position == vec(0, 0) then equal = equal + 1 end
  if position < velocity then less = less + 1 end
  if -position <= velocity then less = less + 1 end
  size = size + #position % 10 + position(1) % 3 + (2 * velocity) * velocity
end

local reads, writes = 0, 0
local proxy = setmetatable({}, {
  __index = function(_, k) reads = reads + 1; return k * 2 end,
  __newindex = function(t, k, v) writes = writes + 1; if k % 100 == 0 then rawset(t, k, v) end end,
})
local sum = 0
for i = 1, n * 3 do
  proxy[i % 1000 + 1] = i
  sum = sum + proxy[i % 500 + 1]
end
print("metamethods", position .. velocity, equal, less, size, reads, writes, sum)
