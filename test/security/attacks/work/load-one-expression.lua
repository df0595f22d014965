-- A large source that is one expression.
-- stops: instructions time
-- blocks: yes
local s = "return x" .. (" + x"):rep(1000000)
while true do load(s) end
