-- A string of a hundred thousand escapes.
-- stops: instructions time
local s = "return '" .. ("\\u{10FFFF}\\x41\\z  \\065"):rep(50000) .. "'"
while true do load(s) end
