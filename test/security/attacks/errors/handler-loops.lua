-- A message handler that raises is given up.
-- expect: held
local function handler() error("again") end
local ok, message = xpcall(error, handler)
return not ok and "held"
