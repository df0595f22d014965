-- No way round by sorting or removing.
-- expect: held
local before = string.rep
pcall(table.sort, string) pcall(table.remove, string) pcall(table.move, string, 1, 5, 2)
return string.rep == before and "held"
