local x = 1
do local x = x + 1; print(x) end --> 2
print(x) --> 1
local x = "again"
print(x) --> again
local function f(x) x = x .. "!"; return x end
print(f("p"), x) --> p!	again
for x = 1, 1 do print(x) end --> 1
if true then local x = "inner" end
print(x) --> again
y = "global"
local function g() return y end
print(g()) --> global
local y = "local"
print(g(), y, _G.y, _ENV.y) --> global	local	global	global
y = nil
print(y, _G.y) --> nil	global
local a <const> = 5
print(a, load("local a <const> = 1; a = 2")) --> 5	nil	[string "local a <const> = 1; a = 2"]:1: attempt to assign to const variable 'a'
print(load("local a <foo> = 1")) --> nil	[string "local a <foo> = 1"]:1: unknown attribute 'foo'
print(load("local a <close>, b <close> = nil, nil")) --> nil	[string "local a <close>, b <close> = nil, nil"]:1: multiple to-be-closed variables in local list
local print2 = print
do local print = tostring; print2(print(1)) end --> 1
local function self() return self end
print(self() == self) --> true
local r = (function(...) local r = ... return r end)(9)
print(r) --> 9
_ENV.newglobal = 1
print(newglobal, rawget(_G, "newglobal")) --> 1	1
