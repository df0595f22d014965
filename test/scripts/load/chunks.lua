print(load("return 1 + 1")()) --> 2
print(load("return ...", "=c")(1, 2)) --> 1	2
local parts = { "return ", "4", "2" }
local i = 0
print(load(function() i = i + 1; return parts[i] end)()) --> 42
print(type(load(function() return nil end))) --> function
print(pcall(load, function() error("reader", 0) end)) --> true	nil	reader
print(load(function() return {} end)) --> nil	load/chunks.lua:8: reader function must return a string
do local n = 0; print(load(function() n = n + 1; if n < 3 then return n == 1 and "return " or 42 end end)()) end --> 42
print(load("x =", "=mychunk")) --> nil	mychunk:1: unexpected symbol near <eof>
print(load("return 1", "c", "b")) --> nil	attempt to load a text chunk (mode is 'b')
print(load(string.dump(function() return 7 end), "d", "t")) --> nil	attempt to load a binary chunk (mode is 't')
print(load(string.dump(function() return 7 end), "d", "b")()) --> 7
print(load(string.dump(function(a) return a * 2 end, true))(21)) --> 42
print(pcall(load, "return 1", "c", "x")) --> true	nil	attempt to load a text chunk (mode is 'x')
print(pcall(string.dump, string.len)) --> false	unable to dump given function
local up = 5
local dumped = load(string.dump(function() return up end))
print(type(dumped())) --> table
print(load("\27garbage")) --> nil	binary string: bad binary format (not a binary chunk)
print(type(load("")), select("#", load("")())) --> function	0
print(load("# not a comment here")) --> nil	[string "# not a comment here"]:1: unexpected symbol near '#'
print(dofile == nil, loadstring == nil, require ~= nil) --> false	true	true
print(load("return debug.getinfo(1, 'S').source", "=(chunk)")()) --> =(chunk)
print(load("local a = 1; return function() return a end")()()) --> 1
print(load("a = 1 b = 2 return a + b")(), a, b) --> 3	1	2
