-- Chunks of other versions and formats.
-- policy: none
-- expect: held
local chunk = string.dump(function() end)
for i = 1, 30 do
  if load(chunk:sub(1, i - 1) .. string.char((chunk:byte(i) + 1) % 256) .. chunk:sub(i + 1), "c", "b") and i < 17 then return i end
end
return "held"
