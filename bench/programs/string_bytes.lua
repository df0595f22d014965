-- Character loops: string.byte, string.char, sub, reverse, upper, a Caesar cipher and a rolling checksum.
local n = tonumber((...)) or 250

local text = {}
for i = 1, 200 do text[i] = "The quick brown fox jumps over the lazy dog " .. i .. ". " end
text = table.concat(text)

local byte, char = string.byte, string.char
local function checksum(s)
  local a, b = 1, 0
  for i = 1, #s do
    a = (a + byte(s, i)) % 65521
    b = (b + a) % 65521
  end
  return b << 16 | a
end
local function rotate(s, k)
  local out = {}
  for i = 1, #s do
    local c = byte(s, i)
    if c >= 97 and c <= 122 then c = (c - 97 + k) % 26 + 97 end
    out[i] = char(c)
  end
  return table.concat(out)
end

local sum, palindromes = 0, 0
for round = 1, n do
  sum = sum ~ checksum(text) + round
  text = rotate(text, round % 26)
  local word = text:sub(round, round + 6)
  if word == word:reverse() or word:upper() == word:lower() then palindromes = palindromes + 1 end
end
print("string_bytes", sum, palindromes, text:sub(1, 20))
