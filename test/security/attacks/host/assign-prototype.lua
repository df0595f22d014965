-- Nothing can be assigned that is not listed.
-- expect: held
for _, name in ipairs {"constructor", "__proto__", "prototype", "toString", "add", "secret"} do
  if pcall(function() object[name] = {} end) then return name end
end
return "held"
