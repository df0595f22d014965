-- Globals, and replaced functions among them, stay in their own context.
-- expect: held
-- elsewhere: return leaked == nil and type(print) == "function" and type(pcall) == "function" and pcall(error) == false and "held"
leaked = {}
print = nil
pcall = function() return true, "owned" end
return "held"
