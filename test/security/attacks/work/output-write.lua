-- A megabyte at a time.
-- stops: output instructions time
local s = ("x"):rep(1e6)
while true do pcall(io.write, s) end
