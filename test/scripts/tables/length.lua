print(#{ 1, 2, 3 }, #{ 1, 2, nil }, #"" , #{ n = 3 }) --> 3	2	0	0
local t = {}
for i = 1, 10 do t[i] = i end
print(#t) --> 10
t[#t] = nil
print(#t) --> 9
for i = 9, 1, -1 do t[i] = nil end
print(#t, next(t)) --> 0	nil
t[1] = 1; t[2] = 2
print(#t) --> 2
local h = {}
h[3] = 3; h[2] = 2; h[1] = 1
print(#h) --> 3
local back = {}
for i = 100, 1, -1 do back[i] = i end
print(#back) --> 100
t = { 1, 2, 3 }
t[#t + 1] = 4
print(#t, t[4]) --> 4	4
print(#setmetatable({ 1, 2 }, { __len = function() return "any" end })) --> any
print(rawlen(setmetatable({ 1, 2 }, { __len = function() return 99 end }))) --> 2
print(pcall(rawlen, 5)) --> false	bad argument #1 to 'rawlen' (table or string expected, got number)
print(pcall(function() return #5 end)) --> false	tables/length.lua:23: attempt to get length of a number value
