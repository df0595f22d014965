-- No processes.
-- expect: held
local ok, pipe = pcall(function() return io.popen("id") end)
local ok2, status = pcall(function() return os.execute("id") end)
return (not ok or pipe == nil) and (not ok2 or not status) and "held"
