-- A source nested too deeply is an error.
-- expect: held
for _, part in ipairs {"(", "{", "f(", "function() ", "do ", "if x then ", "not ", "- ", "a[", "repeat "} do
  local f, message = load("return " .. part:rep(100000))
  if f or not message then return part end
end
return "held"
