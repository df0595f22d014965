-- The host object behind a userdata is no user value.
-- policy: none
-- expect: held
return debug.getuservalue(object, 1) == nil and debug.getuservalue(object, 0) == nil and not pcall(debug.setuservalue, object, print, 1) or "held"
