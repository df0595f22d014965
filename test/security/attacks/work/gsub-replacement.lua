-- A replacement of megabytes, used and not used.
-- stops: instructions time
local r = ("%0"):rep(4000000)
while true do
  pcall(string.gsub, "a", "b", r)
  pcall(string.gsub, "a", "a", r)
end
