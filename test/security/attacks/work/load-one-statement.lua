-- A large source that is one statement.
-- stops: instructions time
-- blocks: yes
local s = "do " .. ("x = x + 1 "):rep(400000) .. "end"
while true do load(s) end
