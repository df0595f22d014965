-- Asking for the first key again and again, of a table whose beginning was emptied: quadratic.
-- stops: instructions time
while true do
  local t = {} for i = 1, 20000 do t["k" .. i] = i end
  while next(t) do t[next(t)] = nil end
end
