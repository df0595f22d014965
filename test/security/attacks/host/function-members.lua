-- A host function is a function and nothing else.
-- expect: held
for _, name in ipairs {"constructor", "prototype", "call", "apply", "bind", "name", "length"} do
  if pcall(function() return save[name] end) then return name end
end
return "held"
