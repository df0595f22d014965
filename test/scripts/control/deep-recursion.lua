local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end
print(depth(1000), depth(10000), depth(100000)) --> 1000	10000	100000
local ok, e = pcall(function() local function f() return 1 + f() end return f() end)
print(ok, e:match("stack overflow")) --> false	stack overflow
local t = {}
for i = 1, 100 do t = { t } end
local n = 0
while t[1] do t = t[1]; n = n + 1 end
print(n) --> 100
print(select("#", table.unpack({}, 1, 5000))) --> 5000
print(#string.rep("a", 1000000), #(("ab"):rep(1000, ","))) --> 1000000	2999
local co = coroutine.wrap(function() return depth(50000) end)
print(co()) --> 50000
local s = {}
for i = 1, 200 do s[i] = "(" end
print((select(2, load("return " .. table.concat(s) .. "1" .. (")"):rep(200)))):match("overflow.*$")) --> overflow
print(load("return " .. ("("):rep(150) .. "1" .. (")"):rep(150))()) --> 1
local chain = {}
for i = 1, 300 do chain[i] = "x" end
local long = "local x = 'a' return " .. table.concat(chain, " .. ", 1, 100)
print(#load(long)()) --> 100
