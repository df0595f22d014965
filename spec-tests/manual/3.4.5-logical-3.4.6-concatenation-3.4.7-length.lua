-- Manual 3.4.5 to 3.4.7.
print(10 or 20, 10 or error(), nil or "a", nil and 10, false and error(), false and nil, false or nil, 10 and 20) --> 10	10	a	nil	false	false	nil	20
print(not nil, not 1, not not nil, 1 and nil or 2) --> true	false	false	2
print("a" .. "b" .. "c", 1 .. 2, 1.5 .. "|" .. -2) --> abc	12	1.5|-2
print(pcall(function() return "a" .. {} end)) --> false	3.4.5-logical-3.4.6-concatenation-3.4.7-length.lua:5: attempt to concatenate a table value
print(pcall(function() return nil .. "a" end)) --> false	3.4.5-logical-3.4.6-concatenation-3.4.7-length.lua:6: attempt to concatenate a nil value
print(#"", #"abc", #"\0\0", #{ 1, 2, 3 }, #{}, #{ n = 1 }) --> 0	3	2	3	0	0
print(pcall(function() return #nil end)) --> false	3.4.5-logical-3.4.6-concatenation-3.4.7-length.lua:8: attempt to get length of a nil value
print(pcall(function() local x = 5; return #x end)) --> false	3.4.5-logical-3.4.6-concatenation-3.4.7-length.lua:9: attempt to get length of a number value (local 'x')
print(#setmetatable({}, { __len = function() return "anything" end })) --> anything
local t = { 1, 2, 3 }
t[#t + 1] = 4
t[#t] = nil
print(#t) --> 3
