-- string.unpack does not read outside of its string.
-- expect: held
for _, args in ipairs {{"i8", "short"}, {"s8", "\255\255\255\255\255\255\255\127"}, {"z", "no end"}, {"i4", "1234", 3}, {"c99", "x"}} do
  if pcall(string.unpack, table.unpack(args)) then return args[1] end
end
return "held"
