-- Permutations in small integer arrays: how many prefix reversals bring 1 to the front.
local n = tonumber((...)) or 9

local function fannkuch(size)
  local perm, base, count = {}, {}, {}
  for i = 1, size do base[i] = i end
  local flips_max, checksum, index, r = 0, 0, 0, size + 1
  while true do
    for i = 2, r - 1 do count[i] = i end
    for i = 1, size do perm[i] = base[i] end
    local flips, first = 0, perm[1]
    while first ~= 1 do
      local i, j = 1, first
      while i < j do
        perm[i], perm[j] = perm[j], perm[i]
        i, j = i + 1, j - 1
      end
      flips = flips + 1
      first = perm[1]
    end
    if flips > flips_max then flips_max = flips end
    checksum = checksum + (index % 2 == 0 and flips or -flips)
    r = 2
    while true do
      if r > size then return checksum, flips_max end
      local moved = base[1]
      for i = 1, r - 1 do base[i] = base[i + 1] end
      base[r] = moved
      count[r] = count[r] - 1
      if count[r] > 0 then break end
      r = r + 1
    end
    index = index + 1
  end
end

print("fannkuch", fannkuch(n))
