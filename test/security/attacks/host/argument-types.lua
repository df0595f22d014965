-- Typed parameters hold.
-- expect: held
for _, value in ipairs {{}, "x", print, object, 1.5, true} do
  if pcall(object.add, object, value) and type(value) ~= "number" then return type(value) end
end
return "held"
