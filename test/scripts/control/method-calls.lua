local obj = { n = 1 }
function obj:inc(k) self.n = self.n + (k or 1); return self end
function obj.static(x) return x end
obj.inner = { deep = {} }
function obj.inner.deep:who() return self == obj.inner.deep end
print(obj:inc().n, obj:inc(5):inc().n, obj.static(3), obj.inner.deep:who()) --> 2	8	3	true
print(("x"):rep(3), ("%d"):format(7), #("abc"):upper()) --> xxx	7	3
local s = "text"
print(s:len(), s:sub(1, 2):upper()) --> 4	TE
print(pcall(function() obj:missing() end)) --> false	control/method-calls.lua:10: attempt to call a nil value (method 'missing')
print(pcall(function() obj.n:method() end)) --> false	control/method-calls.lua:11: attempt to index a number value (field 'n')
local Animal = {}; Animal.__index = Animal
function Animal.new(name) return setmetatable({ name = name }, Animal) end
function Animal:speak() return self.name .. " makes a sound" end
local Dog = setmetatable({}, { __index = Animal }); Dog.__index = Dog
function Dog.new(name) return setmetatable(Animal.new(name), Dog) end
function Dog:speak() return Animal.speak(self) .. ": woof" end
print(Animal.new("cat"):speak(), Dog.new("rex"):speak()) --> cat makes a sound	rex makes a sound: woof
print(getmetatable(Dog.new("x")) == Dog, rawget(Dog, "new") ~= Animal.new) --> true	true
local f = obj.inc
print(f(obj, 10).n, f({ n = 0 }).n) --> 18	1
print(#"call without parentheses", type"string", (type{})) --> 24	string	table
local function opt(t) return t.a or "default" end
print(opt{}, opt{ a = 1 }, opt{ a = false }) --> default	1	default
