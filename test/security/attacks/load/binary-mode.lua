-- Asking for binary does not help.
-- expect: held
for _, mode in ipairs {"b", "bt", "tb", "x", ""} do
  local ok, f = pcall(load, "\27Lua\84\0\25\147\r\n\26\n", "chunk", mode)
  if ok and f then return mode end
end
return "held"
