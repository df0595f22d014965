local t = { 10, 20, 30, nil, 50 }
local seen = {}
for i, v in ipairs(t) do seen[#seen + 1] = i .. "=" .. v end
print(table.concat(seen, " ")) --> 1=10 2=20 3=30
local sum, count = 0, 0
for k, v in pairs({ a = 1, b = 2, 10, 20 }) do sum = sum + v; count = count + 1 end
print(sum, count) --> 33	4
local clear = {}
for i = 1, 50 do clear["k" .. i] = i end
for k in pairs(clear) do clear[k] = nil end
print(next(clear)) --> nil
local update = { a = 1, b = 2, c = 3 }
for k in pairs(update) do update[k] = update[k] * 10 end
print(update.a, update.b, update.c) --> 10	20	30
print(next({}, nil), next({ 7 }), next({ 7 }, 1)) --> nil	1	nil
print(pcall(next, {}, "nope")) --> false	invalid key to 'next'
print(pcall(pairs)) --> false	bad argument #1 to 'pairs' (value expected)
print(pcall(ipairs)) --> false	bad argument #1 to 'ipairs' (value expected)
local mt = setmetatable({}, { __pairs = function(t) return function(_, k) if not k then return 1, "only" end end, t, nil end })
for k, v in pairs(mt) do print(k, v) end --> 1	only
local proxy = setmetatable({}, { __index = function(_, i) if i < 4 then return i * i end end })
local squares = {}
for i, v in ipairs(proxy) do squares[i] = v end
print(table.concat(squares, ",")) --> 1,4,9
print(select("#", pairs({})), type(pairs({})), select("#", ipairs({}))) --> 3	function	3
