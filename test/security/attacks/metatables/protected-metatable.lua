-- __metatable holds against setmetatable and getmetatable.
-- expect: held
local secret = {__metatable = "locked", __index = {key = 1}}
local t = setmetatable({}, secret)
local ok, message = pcall(setmetatable, t, {})
return getmetatable(t) == "locked" and not ok and message:find("protected metatable", 1, true) and "held"
