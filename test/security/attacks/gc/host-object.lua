-- Scripts cannot put a finalizer on a host object.
-- expect: held
return not pcall(setmetatable, object, {__gc = function() end}) and not pcall(function() object.__gc = print end) and "held"
