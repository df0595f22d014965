-- The same in the hash part.
-- stops: instructions time
while true do
  local t = {} for i = 1, 50000 do t[i + 0.5] = i end
  while next(t) do t[next(t)] = nil end
end
