-- A chunk with an environment of its own sees nothing else.
-- expect: held
local f = load("return _G, print, _ENV.string, ('x').upper ~= nil", "chunk", "t", {})
local a, b, c, d = f()
return a == nil and b == nil and c == nil and d == true and "held"
