-- Nor does handing the signature over byte by byte.
-- expect: held
local bytes, i = "\27Lua\84\0\25\147\r\n\26\n", 0
local f, message = load(function() i = i + 1 return i <= #bytes and bytes:sub(i, i) or nil end, "chunk", "bt")
return f == nil and type(message) == "string" and "held"
