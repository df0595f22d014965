-- Pattern matching: find, match, gmatch, captures, anchors, frontier and balance.
local n = tonumber((...)) or 16000

local lines = {}
for i = 1, 40 do
  lines[i] = string.format("2024-%02d-%02d host%d app[%d]: key=%s value=(%d (nested %d)) user@example%d.org",
    i % 12 + 1, i % 28 + 1, i % 7, i * 31, ("abc"):rep(i % 4 + 1), i * i, i, i)
end

local total, words, mails = 0, 0, 0
for round = 1, n // 20 do
  for i = 1, #lines do
    local line = lines[i]
    local year, month, day = line:match("^(%d+)-(%d+)-(%d+)")
    total = total + year + month * day
    local from, to = line:find("%b()")
    total = total + to - from
    local key, value = line:match("key=(%a+) value=%((%d+)")
    total = total + #key + value
    for word in line:gmatch("%f[%w]%a+%f[%W]") do words = words + #word end
    if line:find("[%w.]+@[%w]+%.%a%a%a?$") then mails = mails + 1 end
    if line:find("app[", 1, true) then total = total + 1 end
    if line:find("nothing like this") then total = total - 1000 end
  end
end
print("patterns", total, words, mails)
