local log = {}
do
  local a = setmetatable({ name = "a" }, { __gc = function(o) log[#log + 1] = o.name end })
  local b = setmetatable({ name = "b" }, getmetatable(a))
end
collectgarbage(); collectgarbage()
print(table.concat(log, " ")) --> b a
log = {}
local saved
do setmetatable({ name = "phoenix" }, { __gc = function(o) saved = o; log[#log + 1] = "once" end }) end
collectgarbage(); collectgarbage()
print(saved and saved.name, table.concat(log, " ")) --> phoenix	once
saved = nil
collectgarbage(); collectgarbage()
print(table.concat(log, " ")) --> once
local late = setmetatable({}, {})
getmetatable(late).__gc = function() log[#log + 1] = "not marked" end
late = nil
collectgarbage(); collectgarbage()
print(#log) --> 1
local before = collectgarbage("count")
local big = {}
for i = 1, 10000 do big[i] = { i } end
print(collectgarbage("count") > before + 100) --> true
big = nil
collectgarbage()
print(collectgarbage("count") < before + 100) --> true
