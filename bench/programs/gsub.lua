-- string.gsub with a string, a table and a function as the replacement.
local n = tonumber((...)) or 4500

local template = ("Dear $name, your order #$number of $amount items (${extra}) ships to <b>$city</b>. "):rep(8)
local values = { name = "Ada", number = "1815", amount = "12", city = "London" }
local entities = { ["<"] = "&lt;", [">"] = "&gt;", ["&"] = "&amp;" }

local size, count = 0, 0
for i = 1, n do
  values.number = tostring(i)
  local s, k = template:gsub("%$(%w+)", values)
  size, count = size + #s, count + k
  s, k = s:gsub("[<>&]", entities)
  size, count = size + #s, count + k
  s, k = s:gsub("%w+", function(word) if #word > 4 then return word:upper() end end)
  size, count = size + #s, count + k
  s, k = s:gsub("(%a+) (%a+)", "%2 %1", 10)
  size, count = size + #s, count + k
  s, k = s:gsub("%s+", " ")
  size, count = size + #s, count + k
end
print("gsub", size, count)
