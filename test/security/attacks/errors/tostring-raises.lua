-- An error object whose __tostring raises: the host still gets an error.
-- expect: error runtime: 
error(setmetatable({}, {__tostring = function(e) error(e) end}))
