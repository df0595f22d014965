-- What a script does to strings does not reach another context.
-- expect: held
-- elsewhere: return ("a"):upper() == "A" and string.rep("a", 2) == "aa" and "held"
pcall(function() getmetatable("").__index.upper = function() return "owned" end end)
pcall(function() string.upper = function() return "owned" end end)
pcall(rawset, string, "rep", function() return "owned" end)
return "held"
