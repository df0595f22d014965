-- Addresses in texts are numbers made up for the script: the first table of every context has the same one.
-- expect: held
local first = tostring({})
return first:match("^table: 0x%x+$") and tostring(print):match("builtin: %x+") == nil and "held"
