-- Counts the words of a text (this file, unless another is named) and shows the most frequent as bars.
local path = arg and arg[1] or (arg and arg[0]) or "word_count.lua"
local file <close> = assert(io.open(path))

local counts, total = {}, 0
for line in file:lines() do
  for word in line:lower():gmatch("%a[%w_]*") do
    counts[word] = (counts[word] or 0) + 1
    total = total + 1
  end
end

local words = {}
for word in pairs(counts) do words[#words + 1] = word end
table.sort(words, function(a, b)
  if counts[a] ~= counts[b] then return counts[a] > counts[b] end
  return a < b -- equally frequent: by name, so that every run prints the same
end)

print(("%s: %d words, %d different"):format(path:match("[^/\\]+$"), total, #words))
for i = 1, math.min(10, #words) do
  local word = words[i]
  print(("%3d  %-12s %s"):format(counts[word], word, ("#"):rep(counts[word])))
end
