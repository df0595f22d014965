-- Patterns of megabytes take long to compile, whatever they are then matched with.
-- stops: instructions time memory
local p = ("a"):rep(8000000) .. "."
local s = ("x"):rep(100)
while true do
  s:find(p)
  s:gsub(p, "")
  for _ in s:gmatch(p) do end
end
