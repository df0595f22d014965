-- __metatable cannot be removed through the object.
-- expect: held
local t = setmetatable({}, {__metatable = false})
rawset(t, "__metatable", nil)
t.__metatable = nil
return getmetatable(t) == false and not pcall(setmetatable, t, {}) and "held"
