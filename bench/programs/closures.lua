-- Closure creation, upvalues shared and private, functions as values.
local n = tonumber((...)) or 900000

local function counter(step)
  local value = 0
  return function() value = value + step; return value end, function() return value end
end

local function compose(f, g) return function(x) return f(g(x)) end end
local function adder(k) return function(x) return x + k end end

local total = 0
for i = 1, n do
  local increment, read = counter(i % 7)
  increment()
  increment()
  total = total + read()
end

local chain = adder(0)
for i = 1, 20 do chain = compose(adder(i), chain) end
local sum = 0
for i = 1, n // 10 do sum = sum + chain(i) end

local handlers = {}
for i = 1, 10 do handlers[i] = function(x) total = total + i; return x + total % 10 end end
local x = 0
for i = 1, n do x = handlers[i % 10 + 1](x) % 1000 end

print("closures", total, sum, x)
