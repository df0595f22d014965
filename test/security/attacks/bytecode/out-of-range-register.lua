-- With binary chunks allowed, the verifier stands: an operand out of range.
-- policy: none
-- expect: held
local chunk = string.dump(load("local a, b = 1, 2 return a + b"))
local refused = 0
for i = 1, #chunk do
  for _, byte in ipairs {0, 127, 128, 255} do
    local f = load(chunk:sub(1, i - 1) .. string.char(byte) .. chunk:sub(i + 1), "c", "b")
    if f == nil then refused = refused + 1 else pcall(coroutine.wrap(function() return f() end)) end
  end
end
return refused > 100 and "held"
