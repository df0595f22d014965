local base = { shared = "base", n = 1 }
local t = setmetatable({ own = "own" }, { __index = base })
print(t.own, t.shared, t.nothing, rawget(t, "shared")) --> own	base	nil	nil
t.n = t.n + 1
print(t.n, base.n) --> 2	1
local f = setmetatable({}, { __index = function(t, k) return k .. "!" end })
print(f.x, f[1], f["a b"], rawget(f, "x")) --> x!	1!	a b!	nil
local chain = setmetatable({}, { __index = setmetatable({}, { __index = setmetatable({ deep = "found" }, {}) }) })
print(chain.deep, chain.shallow) --> found	nil
local log = {}
local w = setmetatable({}, { __newindex = function(t, k, v) log[#log + 1] = k .. "=" .. v; rawset(t, k, v) end })
w.a = 1; w.a = 2; w.b = 3
print(table.concat(log, " "), w.a, w.b) --> a=1 b=3	2	3
local store = {}
local redirect = setmetatable({}, { __newindex = store })
redirect.x = 5
print(rawget(redirect, "x"), store.x) --> nil	5
local loop = {}
setmetatable(loop, { __index = loop })
print(pcall(function() return loop.x end)) --> false	metamethods/index.lua:20: '__index' chain too long; possible loop
print(("abc").len == string.len, ("abc").nothing, #("abc"):rep(2)) --> true	nil	6
print(pcall(function() return (1).x end)) --> false	metamethods/index.lua:22: attempt to index a number value
print(pcall(function() local s = "x"; s.y = 1 end)) --> false	metamethods/index.lua:23: attempt to index a string value (local 's')
local n = setmetatable({}, { __index = 5 })
print(pcall(function() return n.x end)) --> false	metamethods/index.lua:25: attempt to index a number value
