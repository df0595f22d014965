-- Small integer arithmetic: collatz lengths, gcd, integer division and modulo.
local n = tonumber((...)) or 120000

local best, best_length = 0, 0
for start = 1, n do
  local x, length = start, 1
  while x ~= 1 do
    if x % 2 == 0 then x = x // 2 else x = 3 * x + 1 end
    length = length + 1
  end
  if length > best_length then best, best_length = start, length end
end

local divisors = 0
for a = 1, n // 10 do
  local x, y = a * 7919 % 10007, n
  while y ~= 0 do x, y = y, x % y end
  divisors = divisors + x
end

print("integer_loop", best, best_length, divisors)
