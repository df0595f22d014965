-- Even with it, native functions show nothing of the host.
-- policy: none
-- expect: held
for _, f in ipairs {print, pcall, string.rep, save, object.add, vault.open} do
  if debug.getupvalue(f, 1) ~= nil or debug.setupvalue(f, 1, 5) ~= nil then return "upvalue" end
end
return "held"
