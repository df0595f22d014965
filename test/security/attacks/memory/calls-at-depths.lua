-- Library functions that called back, at ever other depths, let go of what they worked on.
-- stops: memory
local two = {__len = function() return 2 end}
local function at(depth)
  if depth > 0 then
    at(depth - 1)
    return depth
  end
  local t = setmetatable({}, two)
  for i = 1, 40000 do t[i] = i end
  table.sort(t, function(a, b) return a < b end)
  return depth
end
for depth = 1, 1200, 3 do at(depth) end
local t = {} while true do t[#t + 1] = {} end
