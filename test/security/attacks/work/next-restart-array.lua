-- The same in the array part.
-- stops: instructions time
while true do
  local t = {} for i = 1, 50000 do t[i] = i end
  for i = 1, 50000 do next(t) t[i] = nil end
end
