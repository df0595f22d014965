-- The name of a chunk is only text: no file is opened for it.
-- expect: held
local f = load("error('boom')", "@/etc/passwd")
local ok, message = pcall(f)
return not ok and message == "/etc/passwd:1: boom" and "held"
