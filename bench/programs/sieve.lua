-- Arrays of booleans: the sieve of Eratosthenes, then a walk over the primes.
local n = tonumber((...)) or 5000000

local composite = {}
for i = 1, n do composite[i] = false end
local i = 2
while i * i <= n do
  if not composite[i] then
    for j = i * i, n, i do composite[j] = true end
  end
  i = i + 1
end

local primes = {}
for k = 2, n do
  if not composite[k] then primes[#primes + 1] = k end
end
local gap = 0
for k = 2, #primes do
  local d = primes[k] - primes[k - 1]
  if d > gap then gap = d end
end
print("sieve", #primes, primes[#primes], gap)
