-- The metatable of a host object is out of reach.
-- expect: held
return getmetatable(object) == "Counter" and not pcall(setmetatable, object, {}) and not pcall(rawset, object, 1, 1)
  and not pcall(rawget, object, "add") and not pcall(next, object) and "held"
