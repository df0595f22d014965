-- The registry holds Lua's own things only.
-- policy: none
-- expect: held
for k, v in pairs(debug.getregistry()) do
  if type(v) == "userdata" and v == object then return tostring(k) end
end
return "held"
