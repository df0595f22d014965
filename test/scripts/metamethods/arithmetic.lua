local log = {}
local mt = {}
for _, e in ipairs { "add", "sub", "mul", "div", "mod", "pow", "unm", "idiv", "band", "bor", "bxor", "shl", "shr", "bnot" } do
  mt["__" .. e] = function(a, b) return e .. ":" .. (rawequal(a, b) and "same" or type(a) .. "," .. type(b)) end
end
local o = setmetatable({}, mt)
print(o + 1, 1 + o, o + o, o - 1, "a" * o) --> add:table,number	add:number,table	add:same	sub:table,number	mul:string,table
print(o / 2, o % 2, o ^ 2, -o, o // 2) --> div:table,number	mod:table,number	pow:table,number	unm:same	idiv:table,number
print(o & 1, 1 | o, o ~ 1, o << 1, 1 >> o, ~o) --> band:table,number	bor:number,table	bxor:table,number	shl:table,number	shr:number,table	bnot:same
print(o + 1.5, 2^53 - o, o & 1.5) --> add:table,number	sub:number,table	band:table,number
local half = setmetatable({}, { __add = function() return 1, 2, 3 end })
print(half + 1) --> 1
print(pcall(function() return half - 1 end)) --> false	metamethods/arithmetic.lua:13: attempt to perform arithmetic on a table value (upvalue 'half')
local second = setmetatable({}, { __add = function() return "second" end })
print(1 + second, half + second, second + half) --> second	1	second
print(pcall(function() return half .. "x" end)) --> false	metamethods/arithmetic.lua:16: attempt to concatenate a table value (upvalue 'half')
