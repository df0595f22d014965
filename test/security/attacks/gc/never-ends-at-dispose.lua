-- A finalizer that never ends, when the context is disposed.
-- limits: instructions=2000000
-- expect: held
kept = setmetatable({}, {__gc = function() while true do end end})
return "held"
