-- An exception of the host is an error with its message, not the exception itself.
-- expect: held
local ok, message = pcall(fail)
return not ok and type(message) == "string" and message:find("host failure", 1, true) and not message:find(".js", 1, true) and not message:find(".ts", 1, true) and "held"
