-- LZW compression and back, with a dictionary of strings; a run-length encoder beside it.
local n = tonumber((...)) or 130

local function compress(text)
  local dictionary, size = {}, 256
  for i = 0, 255 do dictionary[string.char(i)] = i end
  local out, current = {}, ""
  for i = 1, #text do
    local c = text:sub(i, i)
    local longer = current .. c
    if dictionary[longer] then
      current = longer
    else
      out[#out + 1] = dictionary[current]
      dictionary[longer] = size
      size = size + 1
      current = c
    end
  end
  if current ~= "" then out[#out + 1] = dictionary[current] end
  return out
end

local function expand(codes)
  local dictionary, size = {}, 256
  for i = 0, 255 do dictionary[i] = string.char(i) end
  local previous = dictionary[codes[1]]
  local out = { previous }
  for i = 2, #codes do
    local code = codes[i]
    local entry = dictionary[code] or previous .. previous:sub(1, 1)
    out[#out + 1] = entry
    dictionary[size] = previous .. entry:sub(1, 1)
    size = size + 1
    previous = entry
  end
  return table.concat(out)
end

local function run_lengths(text)
  local out, i = {}, 1
  while i <= #text do
    local c, j = text:byte(i), i
    while text:byte(j + 1) == c do j = j + 1 end
    out[#out + 1] = c * 1000 + j - i + 1
    i = j + 1
  end
  return out
end

local base = {}
for i = 1, 300 do base[i] = "line " .. i % 17 .. (" "):rep(i % 5) .. "abcabcabd" .. ("z"):rep(i % 9) end
base = table.concat(base, "\n")

local codes_total, runs = 0, 0
for round = 1, n do
  local text = base:sub(round) .. round
  local codes = compress(text)
  assert(expand(codes) == text)
  codes_total = codes_total + #codes
  runs = runs + #run_lengths(text)
end
print("compress", #base, codes_total, runs)
