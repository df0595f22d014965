-- Manual 6.6: the table library, which respects metamethods.
print(table.concat({}), table.concat({ 1, 2, 3 }), table.concat({ 1, 2, 3 }, ", "), table.concat({ 1, 2, 3 }, ",", 2), table.concat({ 1, 2, 3 }, ",", 2, 2), table.concat({ 1, 2 }, ",", 3)) --> 	123	1, 2, 3	2,3	2	
print(pcall(table.concat, { 1, {}, 3 })) --> false	invalid value (table) at index 2 in table for 'concat'
print(pcall(table.concat, { 1 }, ",", 1, 2)) --> false	invalid value (nil) at index 2 in table for 'concat'
local t = { 1, 2, 3 }
table.insert(t, 4); table.insert(t, 1, 0); table.insert(t, #t + 1, 5)
print(table.concat(t, " "), pcall(table.insert, t, 10, 1)) --> 0 1 2 3 4 5	false	bad argument #2 to 'table.insert' (position out of bounds)
print(pcall(table.insert, t)) --> false	wrong number of arguments to 'insert'
print(pcall(table.insert, t, 1, 2, 3)) --> false	wrong number of arguments to 'insert'
print(pcall(table.insert, nil, 1)) --> false	bad argument #1 to 'table.insert' (table expected, got nil)
print(table.remove(t), table.remove(t, 1), table.concat(t, " "), table.remove({}), table.remove({}, 0), table.remove(t, #t + 1), pcall(table.remove, t, 10)) --> 5	0	1 2 3 4	nil	nil	nil	false	bad argument #2 to 'table.remove' (position out of bounds)
print(table.concat(table.move({ 1, 2, 3, 4 }, 2, 4, 1), " "), table.concat(table.move({ 1, 2, 3 }, 1, 3, 3), " "), table.concat(table.move({ 1, 2 }, 1, 2, 2, { 9 }), " "), #table.move({ 1, 2 }, 1, 0, 5)) --> 2 3 4 4	1 2 1 2 3	9 1 2	2
print(pcall(table.move, {}, 1, math.maxinteger, 2)) --> false	bad argument #4 to 'table.move' (destination wrap around)
print(pcall(table.move, {}, -1, math.maxinteger, 2)) --> false	bad argument #3 to 'table.move' (too many elements to move)
local packed = table.pack(nil, 2, nil)
print(packed.n, packed[2], table.pack().n, table.unpack({ 1, 2, 3 })) --> 3	2	0	1	2	3
print(table.unpack({ 1, 2, 3 }, 2), table.unpack({ 1, 2 }, 1, 3)) --> 2	1	2	nil
print(select("#", table.unpack({}, 1, 3)), select("#", table.unpack({}, 5, 1)), pcall(table.unpack, {}, 1, 1e8)) --> 3	0	false	too many results to unpack
print(pcall(table.unpack, {}, math.mininteger, math.maxinteger)) --> false	too many results to unpack
local words = { "pear", "apple", "fig" }
table.sort(words)
print(table.concat(words, " ")); table.sort(words, function(a, b) return #a < #b end) --> apple fig pear
print(table.concat(words, " ")); table.sort(words, function(a, b) return a > b end) --> fig pear apple
print(table.concat(words, " ")) --> pear fig apple
print(pcall(table.sort, { 1, "x" })) --> false	attempt to compare string with number
print(pcall(table.sort, { 3, 1, 2, 5, 4, 7 }, function() return true end)) --> false	invalid order function for sorting
print(pcall(table.sort, { 1, 2 }, 5)) --> false	bad argument #2 to 'table.sort' (function expected, got number)
local log = {}
local proxy = setmetatable({}, { __len = function() return 3 end, __index = function(_, i) log[#log + 1] = "get" .. i; return i * 10 end, __newindex = function(_, i, v) log[#log + 1] = "set" .. i .. "=" .. tostring(v) end })
print(table.concat(proxy, " "), table.unpack(proxy)); table.insert(proxy, 99); table.remove(proxy, 1) --> 10 20 30	10	20	30
print(table.concat(log, " ")) --> get1 get2 get3 get1 get2 get3 set4=99 get1 get2 set1=20 get3 set2=30 set3=nil
