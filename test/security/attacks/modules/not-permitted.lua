-- A bridge that is not granted cannot be loaded, under none of its names.
-- expect: held
for _, name in ipairs {"perilune.agent", "zigllms.agent", "perilune.tool", "agent", "bridge.agent"} do
  if pcall(require, name) then return name end
end
return package.loaded["perilune.agent"] == nil and "held"
