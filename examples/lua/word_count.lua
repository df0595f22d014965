-- Reads a text, counts its words, and prints a report: the most frequent words, how long words are, how sentences run,
-- and which words keep each other company.
--
--   perilune examples/lua/word_count.lua [FILE]
--
-- Without a file it reads the poem at the end of this one.

local poem

-- A little class: counts things and ranks them.

local Counter = {}
Counter.__index = Counter

function Counter.new() return setmetatable({ counts = {}, total = 0, distinct = 0 }, Counter) end

function Counter:add(key, amount)
  if not self.counts[key] then self.distinct = self.distinct + 1 end
  self.counts[key] = (self.counts[key] or 0) + (amount or 1)
  self.total = self.total + (amount or 1)
end

function Counter:__len() return self.distinct end

-- The `limit` most frequent keys as {key, count}; ties in alphabetical order.
function Counter:top(limit)
  local ranking = {}
  for key, count in pairs(self.counts) do ranking[#ranking + 1] = { key, count } end
  table.sort(ranking, function(a, b)
    if a[2] ~= b[2] then return a[2] > b[2] end
    return a[1] < b[1]
  end)
  return table.move(ranking, 1, math.min(limit, #ranking), 1, {})
end

-- Readers: one coroutine yields the sentences of a text, and an iterator the words of a sentence.

local function sentences(text)
  return coroutine.wrap(function()
    for sentence in text:gmatch("[^.!?]+") do
      if sentence:find("%a") then coroutine.yield((sentence:gsub("%s+", " "):gsub("^ ", ""))) end
    end
  end)
end

local function words(sentence) return sentence:lower():gmatch("%a[%a'-]*") end

-- Printing.

local function bar(value, greatest, width) return ("#"):rep(math.max(1, value * width // greatest)) end

local function heading(text) print(("\n%s\n%s"):format(text, ("-"):rep(#text))) end

local function chart(rows, label_width)
  local greatest = 0
  for _, row in ipairs(rows) do greatest = math.max(greatest, row[2]) end
  for _, row in ipairs(rows) do
    print(("  %-" .. label_width .. "s %4d  %s"):format(row[1], row[2], bar(row[2], greatest, 40)))
  end
end

local STOP_WORDS = {}
for word in words("a an and as at be but by for from had he her his i in is it its nor not of on or she so that the their they to was were with you") do
  STOP_WORDS[word] = true
end

local function analyse(text)
  local report = { words = Counter.new(), lengths = Counter.new(), neighbours = Counter.new(), sentences = 0, longest = "" }
  for sentence in sentences(text) do
    report.sentences = report.sentences + 1
    if #sentence > #report.longest then report.longest = sentence end
    local previous
    for word in words(sentence) do
      report.lengths:add(#word)
      if not STOP_WORDS[word] then report.words:add(word) end
      if previous then report.neighbours:add(previous .. " " .. word) end
      previous = word
    end
  end
  return report
end

local function read(path)
  if not path then return poem end
  local file <close> = assert(io.open(path))
  return file:read("a")
end

local function main(path)
  local text = read(path)
  local report = analyse(text)
  local total = report.lengths.total
  print(("%d characters, %d words (%d of note, %d of them different), %d sentences"):format(
    #text, total, report.words.total, #report.words, report.sentences))

  heading("Words of note")
  chart(report.words:top(10), 10)

  heading("Length of words")
  local lengths = report.lengths:top(math.huge)
  table.sort(lengths, function(a, b) return a[1] < b[1] end)
  chart(lengths, 2)
  local letters = 0
  for _, row in ipairs(lengths) do letters = letters + row[1] * row[2] end
  print(("  on average %.2f letters"):format(letters / total))

  heading("Neighbours")
  for _, row in ipairs(report.neighbours:top(5)) do print(("  %-16s %d times"):format(row[1], row[2])) end

  heading("The longest sentence")
  local line = " "
  for word in report.longest:gmatch("%S+") do
    if #line + #word > 76 then
      print(line)
      line = " "
    end
    line = line .. " " .. word
  end
  print(line .. ".")
end

poem = [[
The moon came over the harbour wall. The moon looked into the boats. She counted the ropes and she counted the nets, and
she counted the men in their coats. Nobody spoke, for the night was cold; nobody spoke, for the night was long; and the
water moved in the dark below like the tail of a half-remembered song.

The moon went over the sleeping town. She looked into every room. She found a clock and she found a key, and she found a
cat with a broom. The clock said nothing, the key said less, the cat said only that night is night, and the broom stood
up in its corner straight and swept the floor of the old moonlight.

The moon went over the hill at last, and down on the other side. The men in the boats untied the ropes, for the moon had
brought them the tide. Somebody spoke, for the night was done! Somebody laughed, for the day was long, and the water
moved in the sun below like the tail of a half-remembered song.
]]

main(...)
