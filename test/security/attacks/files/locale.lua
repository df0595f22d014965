-- The host's locale cannot be changed.
-- expect: held
pcall(function() os.setlocale("C") end)
return tostring(1.5) == "1.5" and "held"
