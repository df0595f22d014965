-- utf8 functions check their positions.
-- expect: held
for _, call in ipairs {{utf8.codepoint, "abc", 4}, {utf8.codepoint, "abc", -9}, {utf8.offset, "abc", 1, 99}, {utf8.len, "abc", 99}, {utf8.char, -1}, {utf8.char, 2 ^ 40}, {utf8.codepoint, "\255"}} do
  if pcall(table.unpack(call)) then return "not refused" end
end
return "held"
