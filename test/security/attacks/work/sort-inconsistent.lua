-- A comparator that contradicts itself: an error or an end, but no endless sort.
-- expect: held
local n = 0
for round = 1, 20 do
  local t = {} for i = 1, 500 do t[i] = i end
  pcall(table.sort, t, function(a, b) n = n + 1 return n % (round + 1) == 0 end)
end
return n < 2000000 and "held"
