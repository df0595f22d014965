-- Clearing a library through its own traversal.
-- expect: held
for name in pairs(string) do pcall(function() string[name] = nil end) pcall(rawset, string, name, nil) end
return string.rep("ab", 2) == "abab" and ("x"):len() == 1 and "held"
