-- A library function cannot be replaced.
-- expect: error permission: attempt to modify a read-only table ('string')
string.format = function() return "owned" end
