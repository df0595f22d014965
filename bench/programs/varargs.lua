-- Vararg functions: select, packing, unpacking, forwarding.
local n = tonumber((...)) or 300000

local function sum(...)
  local s = 0
  for i = 1, select("#", ...) do s = s + (select(i, ...)) end
  return s
end
local function pack_sum(...)
  local s, args = 0, { ... }
  for i = 1, #args do s = s + args[i] end
  return s
end
local function forward(f, ...) return f(...) end
local function first_two(a, b) return a, b end
local function rotate(a, ...) return ..., a end

local total = 0
for i = 1, n do
  total = total + sum(i, 2, 3, 4) + pack_sum(i, i + 1, i + 2)
  total = total + forward(sum, 1, i)
  local a, b = first_two(rotate(i, 5, 6))
  total = total + a - b
  local t = table.pack(a, b, nil, i)
  total = total + t.n + select(-1, table.unpack(t, 1, t.n))
end
print("varargs", total)
