-- Building strings with `..`: short pieces, accumulation, numbers turned into text.
local n = tonumber((...)) or 800000

local length, hits = 0, 0
for i = 1, n do
  local s = "item-" .. i .. ":" .. (i % 10) .. ";"
  length = length + #s
  if s == "item-77:7;" then hits = hits + 1 end
end

local text = ""
for i = 1, n // 10 do
  text = text .. "x" .. i % 10
  if #text > 2000 then
    length = length + #text
    text = ""
  end
end

local line = ("="):rep(40)
for i = 1, n // 5 do
  local label = (i % 2 == 0 and "even " or "odd ") .. line:sub(1, i % 40) .. 0.5 + i
  length = length + #label
end
print("concat", length, hits, #text)
