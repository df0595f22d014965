-- Directives of C that could read or write memory do not exist.
-- expect: held
for _, directive in ipairs {"%n", "%hhn", "%1$s", "%*d", "%l", "%ls", "%100d", "%.100f", "%#s", "%-"} do
  if pcall(string.format, directive, 1, 2, 3) then return directive end
end
return "held"
