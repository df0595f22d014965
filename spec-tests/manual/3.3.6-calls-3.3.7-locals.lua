-- Manual 3.3.6 and 3.3.7: calls as statements throw their results away; local declarations and their attributes.
local log = {}
local function note(...) log[#log + 1] = select("#", ...); return ... end
note(1, 2, 3); note(); (note)(nil)
print(table.concat(log, " ")) --> 3 0 1
local a, b, c = 1, 2
print(a, b, c) --> 1	2	nil
local d, e = (note(7, 8))
print(d, e) --> 7	nil
local f, g = note(7, 8)
print(f, g) --> 7	8
local h, i, j = 0, note(7, 8)
print(h, i, j) --> 0	7	8
local k = k
print(k) --> nil
local n <const> = 5
print(n, load("local n <const> = 5; n = 6", "=c")) --> 5	nil	c:1: attempt to assign to const variable 'n'
print(load("local x <close> = nil; x = 1", "=c")) --> nil	c:1: attempt to assign to const variable 'x'
print(load("local x <unknown> = 1", "=c")) --> nil	c:1: unknown attribute 'unknown'
print(load("local a <close>, b <close> = nil, nil", "=c")) --> nil	c:1: multiple to-be-closed variables in local list
print(load("local function f() end = 1", "=c")) --> nil	c:1: unexpected symbol near '='
local s <const>, u <const> = "s", { field = 1 }
u.field = 2
print(s, u.field) --> s	2
local function fact(m) return m <= 1 and 1 or m * fact(m - 1) end
print(fact(10)) --> 3628800
local lost = function(m) return m end
print(pcall(function() local rec = function(m) return rec(m) end; return rec(1) end)) --> false	3.3.6-calls-3.3.7-locals.lua:28: attempt to call a nil value (global 'rec')
print(load("x", "=c")) --> nil	c:1: syntax error near <eof>
print(load("f() = 1", "=c")) --> nil	c:1: syntax error near '='
print(load("('a').b = 1", "=c") ~= nil, load("('a') = 1", "=c")) --> true	nil	c:1: syntax error near '='
