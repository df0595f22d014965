print(type(nil), type(1), type("s"), type({}), type(print), type(coroutine.create(print)), type(true)) --> nil	number	string	table	function	thread	boolean
print(tostring(nil), tostring(true), tostring(1.5), tostring("x")) --> nil	true	1.5	x
print(rawget({ 5 }, 1), rawset({}, 1, 2)[1], rawequal(1, 1), rawlen({ 1 }), rawlen("abc")) --> 5	2	true	1	3
print(_VERSION, _G._G == _G, _G.print == print) --> Lua 5.4	true	true
print(next({}), type(next), select("#", next({}))) --> nil	function	1
print(tostring(print):match("^function")) --> function
print(tostring({}):match("^table: 0x") ~= nil, tostring(coroutine.create(print)):match("^thread: ") ~= nil) --> true	true
print(collectgarbage("count") > 0, collectgarbage(), collectgarbage("step") ~= nil, collectgarbage("isrunning")) --> true	0	true	true
print(collectgarbage("stop"), collectgarbage("isrunning"), collectgarbage("restart"), collectgarbage("isrunning")) --> 0	false	0	true
collectgarbage("incremental")
print(collectgarbage("generational"), collectgarbage("incremental"), collectgarbage("incremental")) --> incremental	generational	incremental
print(unpack == nil, table.getn == nil, string.gfind == nil) --> true	true	true
