-- Sizes of pack options are bounded.
-- expect: held
for _, option in ipairs {"i17", "I0", "!17", "!3i4", "Xz", "X", "c", "s17"} do
  if pcall(string.pack, option, 1, 2) then return option end
end
return "held"
