-- Manual 3.3.3: expressions are evaluated before assignment; lists are adjusted.
local a, b, c = 1, 2
print(a, b, c) --> 1	2	nil
a, b = b, a
print(a, b) --> 2	1
local i, t = 3, {}
i, t[i] = i + 1, 20
print(i, t[3], t[4]) --> 4	20	nil
local function three() return 1, 2, 3 end
local p, q, r, s = three()
print(p, q, r, s) --> 1	2	3	nil
p, q, r = 0, three()
print(p, q, r) --> 0	1	2
p, q, r = three(), 0
print(p, q, r) --> 1	0	nil
p, q, r = (three())
print(p, q, r) --> 1	nil	nil
t = { three(), three() }
print(#t) --> 4
t.x, t["y"], t[1] = "x", "y", nil
print(t.x, t.y, t[1]) --> x	y	nil
print(load("f() = 1", "=c")) --> nil	c:1: syntax error near '='
print(load("1 = x", "=c")) --> nil	c:1: unexpected symbol near '1'
print(load("a + b = 1", "=c")) --> nil	c:1: syntax error near '+'
print(load("(a) = 1", "=c")) --> nil	c:1: syntax error near '='
