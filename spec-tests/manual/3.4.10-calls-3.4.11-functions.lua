-- Manual 3.4.10 to 3.4.12: calls, methods, tail calls, varargs, adjustment of results.
local object = { name = "object" }
function object:greet(greeting) return greeting .. ", " .. self.name end
function object.static(x) return x * 2 end
print(object:greet("hello"), object.greet(object, "hi"), object.static(4)) --> hello, object	hi, object	8
print(type"string", #{ 1, 2 }, (type{}), ("x"):rep(3)) --> string	2	table	xxx
local function va(a, ...) local n = select("#", ...); return n, a, ... end
print(va(), va(1), va(1, 2, nil)) --> 0	0	2	1	2	nil
print((va(1, 2, 3)), #{ va(1, 2) }) --> 2	3
local function none() end
print(none(), (none()), #{ none(), none() }, select("#", none()), select("#", (none()))) --> nil	nil	0	0	1
local function count(n) if n == 0 then return "tail calls use no stack" end return count(n - 1) end
print(count(100000)) --> tail calls use no stack
local function defaults(a, b) b = b or "default"; return a, b end
print(defaults(1), defaults(1, nil), defaults(1, false), defaults(1, 2, 3)) --> 1	1	1	1	2
print((function(...) local a, b = ...; return b, a end)(1, 2)) --> 2	1
print(select("#", table.unpack({ n = 3 }, 1, 3)), math.max(table.unpack({ 1, 5, 3 }))) --> 3	5
print(load("function f() return ... end", "=c")) --> nil	c:1: cannot use '...' outside a vararg function near '...'
print(pcall(function() local f; f() end)) --> false	3.4.10-calls-3.4.11-functions.lua:19: attempt to call a nil value (local 'f')
print(pcall(function() object:missing() end)) --> false	3.4.10-calls-3.4.11-functions.lua:20: attempt to call a nil value (method 'missing')
print(pcall(function() object.a.b.c() end)) --> false	3.4.10-calls-3.4.11-functions.lua:21: attempt to index a nil value (field 'a')
