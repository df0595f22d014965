-- Numerals of a hundred thousand digits.
-- stops: instructions time
local digits, hex = ("7"):rep(100000), "0x" .. ("f"):rep(100000)
while true do tonumber(digits) tonumber(hex) tonumber(digits, 8) tonumber("0." .. digits) end
