local c = setmetatable({}, { __concat = function(a, b) return (type(a) == "table" and "T" or a) .. "|" .. (type(b) == "table" and "T" or b) end })
print(c .. 1, 1 .. c, "a" .. "b" .. c, c .. "a" .. "b", 1 .. c .. 2) --> T|1	1|T	ab|T	T|ab	1T|2
print(#setmetatable({}, { __len = function() return 42 end })) --> 42
print(#setmetatable({ 1, 2 }, {})) --> 2
print(pcall(function() return "x" .. {} end)) --> false	metamethods/concat-len.lua:5: attempt to concatenate a table value
local s = setmetatable({}, { __tostring = function() return "me" end })
print(tostring(s), s, pcall(function() return s .. "" end)) --> me	me	false	metamethods/concat-len.lua:7: attempt to concatenate a table value (upvalue 's')
print(pcall(tostring, setmetatable({}, { __tostring = function() return 1 end }))) --> true	1
print((tostring(setmetatable({}, { __name = "My.Type" })):gsub("0x%x+", "ADDR"))) --> My.Type: ADDR
print((tostring(setmetatable({}, { __name = 5 })):gsub("0x%x+", "ADDR"))) --> table: ADDR
