-- An error object that contains itself crosses as it is.
-- expect: error runtime: 
local e = {} e.self = e
error(e)
