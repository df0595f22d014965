-- loadfile reaches no file.
-- expect: held
local ok, f, message = pcall(loadfile, "/etc/passwd")
return (not ok or f == nil) and not tostring(ok and message or f):find("root:", 1, true) and "held"
