-- Errors in finalizers are warnings.
-- expect: held
for _ = 1, 100 do setmetatable({}, {__gc = function() error({}) end}) end
collectgarbage()
return "held"
