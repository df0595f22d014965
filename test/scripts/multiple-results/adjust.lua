local function two() return 1, 2 end
local function none() end
local a, b, c = two()
print(a, b, c) --> 1	2	nil
local d, e, f = two(), 10
print(d, e, f) --> 1	10	nil
local g, h = (two())
print(g, h) --> 1	nil
print(two(), two()) --> 1	1	2
print((two()), none(), (none())) --> 1	nil	nil
print(({ two(), two() })[3], #{ none() }, #{ two(), none() }) --> 2	0	1
local x, y = none()
print(x, y, type(none) == "function", pcall(type, none())) --> nil	nil	true	false	bad argument #1 to 'type' (value expected)
a, b = b, a
print(a, b) --> 2	1
local t = {}
local i = 1
i, t[i] = i + 1, 20
print(i, t[1], t[2]) --> 2	20	nil
local q = { 1, 2, 3 }
q[1], q[2], q[3] = q[3], q[1]
print(q[1], q[2], q[3]) --> 3	1	nil
do local a, a = 1, 2; print(a) end --> 2
print(select("#", none()), select("#", (none()))) --> 0	1
print(#{ (two()) }, #{ two() }, two() + 1) --> 1	2	2
return_value = (function() return two(), 5 end)
print(return_value()) --> 1	5
print(string.rep("ab", two()), math.max(two())) --> ab	2
