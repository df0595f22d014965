-- Long comments and strings, compiled again and again.
-- stops: instructions time
local s = "--[==[" .. ("x"):rep(1e6) .. "]==] return [[" .. ("y"):rep(1e6) .. "]]"
while true do load(s) end
