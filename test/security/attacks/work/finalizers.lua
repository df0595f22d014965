-- Finalizers of a hundred thousand objects.
-- stops: instructions time
while true do
  for _ = 1, 100000 do setmetatable({}, {__gc = function() end}) end
  collectgarbage()
end
