-- Setting a loop's hidden variables gives errors, not damage.
-- policy: none
-- expect: held
local function attack()
  for i = 1, 3 do
    for n = 1, 20 do pcall(debug.setlocal, 2, n, {}) pcall(debug.setlocal, 1, n, {}) end
  end
end
pcall(attack)
return "held"
