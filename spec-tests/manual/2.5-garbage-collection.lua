-- Manual 2.5: weak tables, ephemerons, finalizers in reverse order of marking, resurrection.
local weak = setmetatable({}, { __mode = "v" })
weak[1], weak[2] = {}, "strings are values"
collectgarbage()
print(weak[1], weak[2]) --> nil	strings are values
local ephemeron = setmetatable({}, { __mode = "k" })
do local key = {}; ephemeron[key] = function() return key end end
collectgarbage()
print(next(ephemeron)) --> nil
local order = {}
local meta = { __gc = function(o) order[#order + 1] = o[1] end }
for i = 1, 3 do setmetatable({ i }, meta) end
collectgarbage()
print(table.concat(order, " ")) --> 3 2 1
local resurrected
do setmetatable({ "back" }, { __gc = function(o) resurrected = o end }) end
collectgarbage()
print(resurrected[1]) --> back
local unmarked = setmetatable({}, {})
getmetatable(unmarked).__gc = function() order[#order + 1] = "late" end
unmarked = nil
collectgarbage()
print(#order) --> 3
print(type(collectgarbage("count")), collectgarbage("collect"), collectgarbage("isrunning")) --> number	0	true
print(pcall(collectgarbage, "no such option")) --> false	bad argument #1 to 'collectgarbage' (invalid option 'no such option')
