local function f(...) return select("#", ...), ... end
print(f(), f(nil), f(1, nil, 3)) --> 0	1	3	1	nil	3
print((f(1, 2)), f((f(1, 2)))) --> 2	1	2
print(select(2, "a", "b", "c"), select(-1, "a", "b", "c"), (select(2, "a", "b", "c"))) --> b	c	b
print(select("#"), select("#", nil, nil), select(5, 1, 2)) --> 0	2
print(pcall(select, 0)) --> false	bad argument #1 to 'select' (index out of range)
print(pcall(select, -5, 1)) --> false	bad argument #1 to 'select' (index out of range)
print(pcall(select, "x")) --> false	bad argument #1 to 'select' (number expected, got string)
local function g(a, b, ...) return a, b, select("#", ...) end
print(g(1), g(1, 2, 3, 4)) --> 1	1	2	2
local function t(...) local a, b = ...; return { ... }, a, b end
local p, a, b = t(5, 6, 7)
print(#p, a, b) --> 3	5	6
print((function(...) return ... end)(1, 2, 3)) --> 1	2	3
local function tail(n, ...) if n == 0 then return ... end return tail(n - 1, n, ...) end
print(tail(3)) --> 1	2	3
print(select("#", tail(100))) --> 100
print(load("function f() return ... end")) --> nil	[string "function f() return ... end"]:1: cannot use '...' outside a vararg function near '...'
print(load("return ...")(1, 2)) --> 1	2
print(pcall(function(...) local s = 0 for i = 1, select("#", ...) do s = s + select(i, ...) end return s end, 1, 2, 3)) --> true	6
print(table.pack(f()).n, #{ ... }, select("#", ...)) --> 1	0	0
print(math.max(table.unpack({ 3, 9, 2 }))) --> 9
print(string.format("%d-%d", table.unpack({ 1, 2, 3 }))) --> 1-2
