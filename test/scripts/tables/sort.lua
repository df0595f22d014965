local function sorted(t, f) table.sort(t, f); return table.concat(t, " ") end
print(sorted({ 3, 1, 2 }), sorted({}), sorted({ 1 })) --> 1 2 3		1
print(sorted({ 3, 1, 2 }, function(a, b) return a > b end)) --> 3 2 1
print(sorted({ "b", "a", "C", "" })) -->  C a b
print(sorted({ 2.5, 1, -1, 2, math.huge, -math.huge })) --> -inf -1 1 2 2.5 inf
print(sorted({ 5, 5, 5, 1, 1 })) --> 1 1 5 5 5
local words = { "cherry", "fig", "apple" }
print(sorted(words, function(a, b) return #a < #b end)) --> fig apple cherry
local many = {}
for i = 1, 200 do many[i] = (i * 7919) % 211 end
table.sort(many)
local ok = true
for i = 2, 200 do ok = ok and many[i - 1] <= many[i] end
print(ok, many[1], many[200]) --> true	1	210
print(pcall(table.sort, { 1, "x" })) --> false	attempt to compare string with number
print(pcall(table.sort, { 1, 2, 3 }, function() return true end)) --> true
print(pcall(table.sort, { 1, {}, 3 }, nil)) --> false	attempt to compare table with number
print(pcall(table.sort, { 3, 2, 1 }, function(a, b) error("cmp") end)) --> false	tables/sort.lua:18: cmp
print(pcall(table.sort, { 1, 2 }, 5)) --> false	bad argument #2 to 'table.sort' (function expected, got number)
print(sorted({ 3, 2, 1 }, nil)) --> 1 2 3
