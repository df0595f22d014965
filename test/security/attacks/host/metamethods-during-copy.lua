-- Metamethods do not run while arguments are copied.
-- expect: held
local ran = false
local function run() ran = true return run end
save(setmetatable({setmetatable({}, {__index = run, __pairs = run, __len = run, __tostring = run, __call = run})}, {__index = run, __pairs = run, __len = run}))
return not ran and "held"
