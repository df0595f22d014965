-- A stack overflow can be caught and leaves the state whole.
-- expect: held
local function f() return 1 + f() end
for _ = 1, 3 do
  local ok, message = pcall(f)
  if ok or not message:find("stack overflow", 1, true) then return "not caught" end
end
return "held"
