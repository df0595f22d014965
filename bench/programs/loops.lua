-- Nested numeric for, while, repeat and goto loops with integer counters.
local n = tonumber((...)) or 1000

local total = 0
for i = 1, n do
  for j = 1, n do
    for k = 1, 20 do
      total = total + (i ~ j) - k
    end
  end
end

local steps, i = 0, 0
while i < n * 1000 do
  i = i + 3
  steps = steps + 1
end

local down = n * 1000
repeat
  down = down - 7
  if down % 2 == 0 then steps = steps + 1 end
until down <= 0

local again = 0
::top::
again = again + 1
for j = 10, -10, -2 do
  if j == again % 5 then goto next end
  total = total + j
  ::next::
end
if again < n * 100 then goto top end

print("loops", total, steps, down, again)
