-- A large source that is one table.
-- stops: instructions time
local s = "return {" .. ("1,"):rep(2000000) .. "}"
while true do load(s) end
