-- %p shows such a number too, never memory.
-- expect: held
local t = {}
return string.format("%p", t) == tostring(t):match("0x%x+") and string.format("%p", 1) == "(null)" and "held"
