-- rawset knows read-only tables too.
-- expect: error permission: read-only table
rawset(math, "floor", function() return 0 end)
