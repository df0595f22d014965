-- One that answers something else than a string.
-- expect: error runtime: 
error(setmetatable({}, {__tostring = function() return {} end}))
