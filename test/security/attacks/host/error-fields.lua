-- Nor can its stack or class be asked for.
-- expect: held
local ok, message = pcall(fail)
return message.stack == nil and message.constructor == nil and "held"
