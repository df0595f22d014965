-- The metatable that all strings share is out of reach.
-- expect: held
local mt = getmetatable("")
if type(mt) == "table" then mt.__index = function() return "owned" end end
return ("a").upper and ("a"):upper() == "A" and mt == false and "held"
