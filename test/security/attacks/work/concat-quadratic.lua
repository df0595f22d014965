-- A string that grows by one byte and is looked at each time.
-- stops: instructions time
local s = ""
while true do s = s .. "x" if #s > 200000 then s = "" end local _ = s:byte(#s // 2) end
