-- Each pending __close runs, whatever the others raise.
-- expect: held
local order = {}
local function closer(n) return setmetatable({}, {__close = function() order[#order + 1] = n error("again") end}) end
pcall(function() local a <close> = closer(1) local b <close> = closer(2) error("first") end)
return order[1] == 2 and order[2] == 1 and "held"
