-- A reader that gives something else than strings.
-- expect: held
local f, message = load(function() return {} end)
return f == nil and message:find("reader function must return a string", 1, true) and "held"
