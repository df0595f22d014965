-- Removing at the front: quadratic.
-- stops: instructions time
while true do
  local t = table.move({1}, 1, 1, 1, {}) for i = 1, 50000 do t[i] = i end
  while #t > 0 do table.remove(t, 1) end
end
