-- A name that is no string.
-- expect: held
for _, name in ipairs {{}, true, print, object} do
  if pcall(require, name) then return "loaded" end
end
return not pcall(require) and "held"
