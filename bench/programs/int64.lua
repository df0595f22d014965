-- Integers that need all 64 bits: FNV-1a, xorshift64*, a linear congruential generator, unsigned comparison.
local n = tonumber((...)) or 3000000

local hash = 0xcbf29ce484222325
for i = 1, n * 2 do
  hash = (hash ~ (i & 0xff)) * 0x100000001b3
end

local state, sum = 0x9E3779B97F4A7C15, 0
for _ = 1, n do
  state = state ~ (state >> 12)
  state = state ~ (state << 25)
  state = state ~ (state >> 27)
  sum = sum + state * 0x2545F4914F6CDD1D
end

local lcg, above = 1, 0
for _ = 1, n do
  lcg = lcg * 6364136223846793005 + 1442695040888963407
  if math.ult(0x8000000000000000, lcg) then above = above + 1 end
end

print("int64", string.format("%016x %016x %016x %d", hash, sum, lcg, above))
