-- A stack overflow inside the handler of a stack overflow.
-- expect: held
local function f(...) return 1 + f(1, ...) end
local ok = xpcall(f, f)
return not ok and "held"
