-- Nothing can be removed or renamed, and no temporary file made.
-- expect: held
for _, call in ipairs {function() return os.remove("/tmp/x") end, function() return os.rename("/tmp/x", "/tmp/y") end, function() return os.tmpname() end, function() return io.tmpfile() end} do
  local ok, result = pcall(call)
  if ok and result then return "done" end
end
return "held"
