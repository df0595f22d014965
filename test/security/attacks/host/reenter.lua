-- Host and script calling each other without end.
-- expect: error runtime: stack overflow
local function again() return callback({}, again) end
again()
