-- No files to write.
-- expect: held
for _, mode in ipairs {"w", "a", "r+", "w+b"} do
  local ok, file = pcall(function() return io.open("/tmp/perilune-attack", mode) end)
  if ok and file then return mode end
end
return "held"
