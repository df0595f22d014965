-- load refuses binary chunks.
-- expect: held
local f, message = load("\27Lua\84\0\25\147\r\n\26\n")
return f == nil and message:find("attempt to load a binary chunk", 1, true) and "held"
