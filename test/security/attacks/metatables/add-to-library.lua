-- Nor can one be added, where the host's own code would find it.
-- expect: error permission: attempt to modify a read-only table ('table')
table.helper = function() return "owned" end
