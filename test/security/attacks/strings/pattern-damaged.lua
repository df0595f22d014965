-- Damaged patterns are errors.
-- expect: held
for _, pattern in ipairs {"%", "[", "[a", "[%", "(", ".)", "%b", "%bx", "%f", "(()", "%9", "[a-", "[]", "[^]", "%1"} do
  if pcall(string.find, "text", pattern) then return pattern end
end
return "held"
