-- __name makes messages, not types: a table that calls itself FILE* is no file.
-- expect: held
local fake = setmetatable({}, {__name = "FILE*"})
return not pcall(function() io.write(fake) end) and not pcall(function() io.output(fake) end) and not pcall(function() io.close(fake) end) and "held"
