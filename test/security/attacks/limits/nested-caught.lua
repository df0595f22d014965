-- A nested budget that ends is reported to the parent, which goes on.
-- expect: held
local ok, reason = limits.run({instructions = 1000}, function() while true do pcall(function() while true do end end) end end)
return not ok and "held"
