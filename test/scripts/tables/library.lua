local t = { 1, 2, 3 }
table.insert(t, 4); table.insert(t, 1, 0)
print(table.concat(t, ",")) --> 0,1,2,3,4
print(table.remove(t), table.remove(t, 1), table.concat(t, ",")) --> 4	0	1,2,3
print(table.remove({}), table.remove({}, 0), #t, table.remove(t, #t + 1)) --> nil	nil	3	nil
print(pcall(table.insert, t, 6, 1)) --> false	bad argument #2 to 'table.insert' (position out of bounds)
print(pcall(table.insert, t, 1, 2, 3)) --> false	wrong number of arguments to 'insert'
print(pcall(table.insert, t)) --> false	wrong number of arguments to 'insert'
print(pcall(table.insert, 1, 2)) --> false	bad argument #1 to 'table.insert' (table expected, got number)
print(pcall(table.remove, t, 7)) --> false	bad argument #2 to 'table.remove' (position out of bounds)
print(table.concat({}), table.concat({ 1 }, "x"), table.concat({ 1, 2.5, "z" }, "-")) --> 	1	1-2.5-z
print(table.concat({ 1, 2, 3, 4 }, ",", 2, 3), table.concat({ 1, 2 }, ",", 3), table.concat({ 1, 2 }, ",", 2)) --> 2,3		2
print(pcall(table.concat, { 1, {}, 3 })) --> false	invalid value (table) at index 2 in table for 'concat'
print(pcall(table.concat, { 1 }, ",", 1, 2)) --> false	invalid value (nil) at index 2 in table for 'concat'
print(table.unpack({ 1, 2, 3 }), (table.unpack({ 1, 2 }))) --> 1	1
print(table.unpack({ 1, 2, 3 }, 2), table.unpack({ 1, 2, 3 }, 2, 3), table.unpack({ 1, 2 }, -1, 1)) --> 2	2	nil	nil	1
print(select("#", table.unpack({}, 1, 3)), select("#", table.unpack({ n = 3 }))) --> 3	0
print(pcall(table.unpack, {}, 1, 1e7)) --> false	too many results to unpack
local p = table.pack(1, nil, 3, nil)
print(p.n, p[1], p[2], p[3], p[4], table.pack().n) --> 4	1	nil	3	nil	0
print(table.concat(table.move({ 1, 2, 3 }, 1, 3, 2), ","), table.concat(table.move({ 1, 2, 3 }, 2, 3, 1), ",")) --> 1,1,2,3	2,3,3
print(table.concat(table.move({ 1, 2, 3 }, 1, 3, 1, {}), ","), #table.move({ 1, 2 }, 1, 0, 5)) --> 1,2,3	2
print(pcall(table.move, {}, 1, math.maxinteger, 2)) --> false	bad argument #4 to 'table.move' (destination wrap around)
