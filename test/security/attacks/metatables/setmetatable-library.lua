-- A read-only table keeps its metatable.
-- expect: error permission: read-only table
setmetatable(string, {__index = function() return "owned" end})
