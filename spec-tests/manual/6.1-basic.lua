-- Manual 6.1: the basic functions.
print(pcall(assert, false)) --> false	assertion failed!
print(pcall(assert, nil, { 1 }) == false, select("#", assert(1, 2, 3))) --> true	3
print(pcall(assert)) --> false	bad argument #1 to 'assert' (value expected)
print(pcall(assert, false, "message")) --> false	message
print(type(collectgarbage("count")), collectgarbage("isrunning"), collectgarbage(), pcall(collectgarbage, "bad")) --> number	true	0	false	bad argument #1 to 'collectgarbage' (invalid option 'bad')
print(pcall(error)) --> false	nil
print(pcall(error, nil)) --> false	nil
print(pcall(error, "plain", 0)) --> false	plain
print(pcall(error, { code = 1 }) == false) --> true
print(pcall(function() error("here") end)) --> false	6.1-basic.lua:11: here
print(pcall(function() error("caller", 2) end)) --> false	caller
print(getmetatable("").__index == string, getmetatable({}), getmetatable(setmetatable({}, { __metatable = "locked" }))) --> true	nil	locked
print(pcall(setmetatable, setmetatable({}, { __metatable = 1 }), {})) --> false	cannot change a protected metatable
print(pcall(setmetatable, 1, {})) --> false	bad argument #1 to 'setmetatable' (table expected, got number)
print(pcall(setmetatable, {}, 1)) --> false	bad argument #2 to 'setmetatable' (nil or table expected, got number)
print(pcall(setmetatable, {})) --> false	bad argument #2 to 'setmetatable' (nil or table expected, got no value)
local order = {}
for i, v in ipairs(setmetatable({}, { __index = function(_, i) if i < 4 then return i * i end end })) do order[#order + 1] = i .. "=" .. v end
print(table.concat(order, " ")) --> 1=1 2=4 3=9
print(select("#", ipairs({})), pcall(ipairs)) --> 3	false	bad argument #1 to 'ipairs' (value expected)
print(load("return 1 + 1")(), load("syntax error here", "=name")) --> 2	nil	name:1: syntax error near 'error'
local parts = { "return ", "4", "2", nil }
local i = 0
print(load(function() i = i + 1; return parts[i] end)()) --> 42
print(pcall(load, function() error("reader") end)) --> true	nil	6.1-basic.lua:26: reader
print((select(2, load(function() return {} end)):match("^[^\n]*"))) --> 6.1-basic.lua:27: reader function must return a string
print(load("x = 1", "chunk", "b")) --> nil	attempt to load a text chunk (mode is 'b')
print(load(string.dump(function() end), "chunk", "t")) --> nil	attempt to load a binary chunk (mode is 't')
local env = {}
load("a = 5", "=x", "t", env)()
print(env.a, a) --> 5	nil
print(next({})) --> nil
print(next({ 10 })) --> 1	10
print(pcall(next, {}, "nokey")) --> false	invalid key to 'next'
print(pcall(next)) --> false	bad argument #1 to 'next' (table expected, got no value)
local proxy = setmetatable({}, { __pairs = function(t) return function(_, k) if not k then return 1, "one" end end, t, nil end })
for k, v in pairs(proxy) do order = { k, v } end
print(order[1], order[2]) --> 1	one
print(pcall(pairs)) --> false	bad argument #1 to 'pairs' (value expected)
print(pcall(pcall)) --> false	bad argument #1 to 'pcall' (value expected)
print(select("#", pcall(function() end))) --> 1
print(rawequal("a", "a"), rawequal({}, {}), rawequal(1, 1.0), pcall(rawequal, 1)) --> true	false	true	false	bad argument #2 to 'rawequal' (value expected)
print(rawlen({ 1, 2 }), rawlen("abc"), pcall(rawlen, 5)) --> 2	3	false	bad argument #1 to 'rawlen' (table or string expected, got number)
print(rawget(setmetatable({}, { __index = { x = 1 } }), "x")) --> nil
print(rawset({}, 1, 2)[1], pcall(rawset, {}, nil, 1)) --> 2	false	table index is nil
print(select("#"), select("#", nil, nil), select(2, "a", "b", "c")) --> 0	2	b	c
print(select(-1, "a", "b"), pcall(select, 0), pcall(select, -3, 1)) --> b	false	false	bad argument #1 to 'select' (index out of range)
print(tonumber("10"), tonumber("0x10"), tonumber("  5  "), tonumber("5x"), tonumber("1e1"), tonumber("0x.8p1"), tonumber(""), tonumber("z", 36), tonumber("ff", 16), tonumber("8", 8)) --> 10	16	5	nil	10.0	1.0	nil	35	255	nil
print(tonumber("7fffffffffffffff", 16), tonumber("-ff", 16), tonumber(nil), pcall(tonumber)) --> 9223372036854775807	-255	nil	false	bad argument #1 to 'tonumber' (value expected)
print(pcall(tonumber, 10, 16)) --> false	bad argument #1 to 'tonumber' (string expected, got number)
print(pcall(tonumber, "1", 1)) --> false	bad argument #2 to 'tonumber' (base out of range)
print(tostring(nil), tostring(true), tostring(-0.0), tostring(1e15), tostring(1e100), tostring(2^63), tostring(math.mininteger)) --> nil	true	-0.0	1e+15	1e+100	9.2233720368548e+18	-9223372036854775808
print(tostring(setmetatable({}, { __tostring = function() return "custom" end })), pcall(tostring, setmetatable({}, { __tostring = function() return 1 end }))) --> custom	true	1
print((tostring(setmetatable({}, { __name = "My.Type" })):gsub("0x%x+", "ADDRESS")), pcall(tostring)) --> My.Type: ADDRESS	false	bad argument #1 to 'tostring' (value expected)
print(type(nil), type(print), type(type), pcall(type)) --> nil	function	function	false	bad argument #1 to 'type' (value expected)
print(_VERSION) --> Lua 5.4
print(xpcall(function(...) return ... end, print, 1, 2)) --> true	1	2
print(xpcall(error, function(m) return "handled " .. m end, "e")) --> false	handled e
print(pcall(xpcall, 1)) --> false	bad argument #2 to 'xpcall' (function expected, got no value)
print(xpcall(function() local x = nil; x() end, function(m) return m:upper() end)) --> false	6.1-BASIC.LUA:61: ATTEMPT TO CALL A NIL VALUE (LOCAL 'X')
