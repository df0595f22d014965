-- A host object shows its listed members only.
-- expect: held
for _, name in ipairs {"constructor", "__proto__", "prototype", "toString", "valueOf", "hasOwnProperty", "secret", "__defineGetter__", "__lookupGetter__", "isPrototypeOf"} do
  if object[name] ~= nil then return name end
end
return "held"
