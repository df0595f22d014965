local function counter() local n = 0; return function() n = n + 1; return n end end
local a, b = counter(), counter()
print(a(), a(), b(), a()) --> 1	2	1	3
local function pair() local v = 1; return function() return v end, function(x) v = x end end
local get, set = pair()
set(42)
print(get()) --> 42
local fs = {}
for i = 1, 3 do local j = i * 10; fs[i] = function() j = j + i; return j end end
print(fs[1](), fs[1](), fs[2](), fs[3]()) --> 11	12	22	33
local k = 1
local function outer() local function inner() k = k + 1; return k end; return inner() + inner() end
print(outer(), k) --> 5	3
local function nest(a) return function(b) return function(c) return a + b * c end end end
print(nest(1)(2)(3)) --> 7
local w = {}
local i = 1
while i <= 3 do local x = i; w[i] = function() return x end; i = i + 1 end
print(w[1](), w[2](), w[3]()) --> 1	2	3
local r = {}
local n = 0
repeat local y = n; r[#r + 1] = function() return y end; n = n + 1 until y >= 2
print(r[1](), r[2](), r[3]()) --> 0	1	2
local function fact(n) return n <= 1 and 1 or n * fact(n - 1) end
print(fact(20), (function(n) return n end)(5)) --> 2432902008176640000	5
local x = 1
local f = function() return x end
x = 2
print(f()) --> 2
do local x = 3; print(x, f()) end --> 3	2
print(f == f, counter == counter, counter() == counter()) --> true	true	false
