-- A NUL does not end a string.
-- expect: held
local s = "a\0b"
return #s == 3 and s:find("b", 1, true) == 3 and s ~= "a" and load("return 'a\0b'")() == s and s:format() == s and "held"
