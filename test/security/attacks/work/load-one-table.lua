-- A large source that is one table.
-- stops: instructions time
-- blocks: yes
local s = "return {" .. ("1,"):rep(2000000) .. "}"
while true do load(s) end
