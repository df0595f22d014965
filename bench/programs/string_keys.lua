-- Tables keyed by strings made at run time: word counts, then sorted output.
local n = tonumber((...)) or 1000

local syllables = { "ka", "lo", "mi", "ne", "pu", "ra", "si", "to", "ve", "zu" }
local words, seed = {}, 42
for i = 1, 2000 do
  seed = (seed * 1103515245 + 12345) % 2147483648
  local word = ""
  local s = seed // 65536
  for _ = 1, s % 3 + 1 do
    s = s // 3
    word = word .. syllables[s % 10 + 1]
  end
  words[i] = word
end
local text = table.concat(words, " ")

local counts, distinct
for _ = 1, n do
  counts, distinct = {}, 0
  for word in text:gmatch("%a+") do
    if not counts[word] then distinct = distinct + 1 end
    counts[word] = (counts[word] or 0) + 1
  end
end

local ranking = {}
for word in pairs(counts) do ranking[#ranking + 1] = word end
table.sort(ranking, function(a, b)
  if counts[a] ~= counts[b] then return counts[a] > counts[b] end
  return a < b
end)
print("string_keys", distinct, ranking[1], counts[ranking[1]], ranking[distinct])
