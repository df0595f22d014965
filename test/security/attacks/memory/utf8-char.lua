-- utf8.char of many codes.
-- stops: memory
local codes = {} for i = 1, 100000 do codes[i] = 0x10FFFF end
local t = {} while true do t[#t + 1] = utf8.char(table.unpack(codes)) .. #t end
