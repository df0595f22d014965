local weak = setmetatable({}, { __mode = "v" })
weak[1] = {}; weak[2] = "string"; weak[3] = 42
local keep = {}
weak.keep = keep
collectgarbage()
print(weak[1], weak[2], weak[3], weak.keep == keep) --> nil	string	42	true
local keys = setmetatable({}, { __mode = "k" })
keys[{}] = 1; keys[keep] = 2; keys.str = 3
collectgarbage()
local n = 0
for _ in pairs(keys) do n = n + 1 end
print(n, keys[keep], keys.str) --> 2	2	3
local eph = setmetatable({}, { __mode = "k" })
do local k = {}; eph[k] = { k } end
collectgarbage()
print(next(eph)) --> nil
local strong = {}
strong[1] = setmetatable({}, { __mode = "kv" })
strong[1].x = {}
collectgarbage()
print(strong[1].x) --> nil
weak.f = function() end
collectgarbage()
print(weak.f ~= nil or weak.f == nil) --> true
