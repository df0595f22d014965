local t = { 10, 20, x = 1, [30] = "thirty", 30, ["key with space"] = true; 40, }
print(#t, t[1], t[4], t.x, t[30], t["key with space"]) --> 4	10	40	1	thirty	true
local function three() return 1, 2, 3 end
print(#{ three() }, #{ three(), three() }, #{ (three()) }, #{ three(), nil }) --> 3	4	1	1
print(#{ n = 1 }, #{}, #{ nil }, #{ nil, nil, 3 } >= 0) --> 0	0	0	true
local order = {}
local function note(v) order[#order + 1] = v; return v end
local u = { [note("k1")] = note("v1"), note("p1"), [note("k2")] = note("v2") }
print(table.concat(order, " ")) --> k1 v1 p1 k2 v2
print(({ 1, 2, 3 })[2], ({ a = { b = { c = "deep" } } }).a.b.c) --> 2	deep
local w = { [1] = "explicit", "positional" }
print(w[1]) --> positional
print({} == {}, t == t, next({}), next({ 5 })) --> false	true	nil	1	5
local big = {}
for i = 1, 300 do big[i] = i end
print(#big, big[300], #{ table.unpack(big) }) --> 300	300	300
print(pcall(function() return { [nil] = 1 } end)) --> false	tables/constructor.lua:17: table index is nil
print(pcall(function() return { [0/0] = 1 } end)) --> false	tables/constructor.lua:18: table index is NaN
