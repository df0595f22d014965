-- A chunk without line information raises errors all the same.
-- policy: none
-- expect: held
local f = load(string.dump(function() local x = nil; return x.y end, true), "c", "b")
local ok, message = pcall(f)
return not ok and message:find("attempt to index a nil value", 1, true) and "held"
