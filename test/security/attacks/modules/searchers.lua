-- The list of searchers cannot be used to reach files.
-- expect: held
local list = package and package.searchers
if type(list) == "table" then
  for _, search in ipairs(list) do
    local ok, found = pcall(search, "/etc/passwd")
    if ok and type(found) == "function" then return "found" end
  end
end
return "held"
