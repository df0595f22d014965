-- Every prefix of a chunk is refused.
-- policy: none
-- expect: held
local chunk = string.dump(function(...) local t = {...} for i = 1, #t do t[i] = t[i] .. "x" end return t end)
for i = 0, #chunk - 1 do
  if i > 0 and load(chunk:sub(1, i), "c", "b") then return i end
end
return "held"
