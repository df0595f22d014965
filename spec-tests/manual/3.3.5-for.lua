-- Manual 3.3.5: numeric loops compute their count before they start and never overflow; generic loops call an iterator.
local function list(from, to, step)
  local out = {}
  for i = from, to, step or 1 do
    out[#out + 1] = i
    if #out > 5 then break end
  end
  return table.concat(out, " ")
end
print(list(1, 3), list(3, 1, -1), list(1, 0) == "", list(1, 10, 4)) --> 1 2 3	3 2 1	true	1 5 9
print(list(math.maxinteger - 1, math.maxinteger), list(math.mininteger, math.mininteger + 1)) --> 9223372036854775806 9223372036854775807	-9223372036854775808 -9223372036854775807
print(list(1, 2, 0.5), list(1.0, 2), list(0, -1, -0.5)) --> 1.0 1.5 2.0	1.0 2.0	0.0 -0.5 -1.0
print(list(1, math.huge), list(1, -math.huge) == "", list(3, 2^53, 2^52 | 0)) --> 1 2 3 4 5 6	true	3 4503599627370499
print(pcall(list, 1, 2, 0)) --> false	3.3.5-for.lua:4: 'for' step is zero
print(pcall(list, "1", {})) --> false	3.3.5-for.lua:4: bad 'for' limit (number expected, got table)
print(pcall(list, {}, 2)) --> false	3.3.5-for.lua:4: bad 'for' initial value (number expected, got table)
print(pcall(list, 1, 2, "x")) --> false	3.3.5-for.lua:4: bad 'for' step (number expected, got string)
for i = 1, 2 do local j = i; i = 100; print(j) break end --> 1
local function iterator(limit, control) if control < limit then return control + 1, control * 10 end end
local seen = {}
for i, v in iterator, 3, 0 do seen[#seen + 1] = i .. ":" .. v end
print(table.concat(seen, " ")) --> 1:0 2:10 3:20
local closed = {}
local closing = setmetatable({}, { __close = function() closed[1] = "closed" end })
for i in iterator, 3, 0, closing do if i == 2 then break end end
print(closed[1]) --> closed
print(pcall(function() for _ in 42 do end end)) --> false	3.3.5-for.lua:27: attempt to call a number value (for iterator 'for iterator')
print(pcall(function() for _ in iterator, 3, 0, {} do end end)) --> false	3.3.5-for.lua:28: variable '(for state)' got a non-closable value
local fs = {}
for i = 1, 3 do fs[i] = function() return i end end
print(fs[1](), fs[2](), fs[3]()) --> 1	2	3
