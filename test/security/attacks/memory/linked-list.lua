-- A list linked by fields.
-- stops: memory
local l while true do l = {next = l} end
