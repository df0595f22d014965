local c = setmetatable({}, { __call = function(self, ...) return select("#", ...), ... end })
print(c(), c(1, 2), c(nil)) --> 0	2	1	nil
print(pcall(c, "x"), select("#", c(1, nil))) --> true	3
local twice = setmetatable({}, { __call = c })
print(twice(7) == 2, select("#", twice(7))) --> true	3
print(pcall(setmetatable({}, { __call = 5 }))) --> false	attempt to call a number value
print(pcall(setmetatable({}, {}))) --> false	attempt to call a table value
local obj = { method = setmetatable({}, { __call = function(self, o, x) return x * 2 end }) }
print(obj:method(21)) --> 42
local function tail() return c(1, 2, 3) end
print(tail()) --> 3	1	2	3
for a, b in setmetatable({}, { __call = function(_, s, k) k = (k or 0) + 1; if k < 3 then return k, k * k end end }) do print(a * 10 + b == 11 or a * 10 + b == 24) break end --> true
print(table.concat({ ("x"):gsub("x", "y") }, ","), pcall(string.gsub, "x", "x", c)) --> y,1	true	x	1
