-- Manual 3.3.8: to-be-closed variables.
local log = {}
local function closer(name, failing)
  return setmetatable({}, { __close = function(_, e)
    log[#log + 1] = name .. (e and "(" .. tostring(e) .. ")" or "")
    if failing then error(failing, 0) end
  end })
end
local function flush() local text = table.concat(log, " "); log = {}; return text end
do local a <close> = closer("a"); local b <close> = closer("b"); local n <close> = nil; local f <close> = false end
print(flush()) --> b a
print((function() local a <close> = closer("a"); return "value", #log end)()) --> value	0
print(flush()) --> a
print(pcall(function() local a <close> = closer("a"); error("oops", 0) end)) --> false	oops
print(flush()) --> a(oops)
print(pcall(function() local a <close> = closer("a"); local b <close> = closer("b", "from b"); error("body", 0) end)) --> false	from b
print(flush()) --> b(body) a(from b)
print(pcall(function() local bad <close> = 1 end)) --> false	3.3.8-to-be-closed.lua:18: variable 'bad' got a non-closable value
print(pcall(function() local bad <close> = {} end)) --> false	3.3.8-to-be-closed.lua:19: variable 'bad' got a non-closable value
for i = 1, 2 do local c <close> = closer("loop" .. i); if i == 1 then goto next end; ::next:: end
print(flush()) --> loop1 loop2
local co = coroutine.create(function() local c <close> = closer("co"); coroutine.yield() end)
coroutine.resume(co)
print(coroutine.close(co), flush()) --> true	co
print(load("local a <const> = 1; a = 2", "=c")) --> nil	c:1: attempt to assign to const variable 'a'
print(load("local a <close> = nil; a = 2", "=c")) --> nil	c:1: attempt to assign to const variable 'a'
print(load("local a <unknown> = 1", "=c")) --> nil	c:1: unknown attribute 'unknown'
print(load("local a <close>, b <close> = nil, nil", "=c")) --> nil	c:1: multiple to-be-closed variables in local list
local wrapped = coroutine.wrap(function() local c <close> = setmetatable({}, { __close = function() coroutine.yield("yield in close") end }); return "result" end)
print(wrapped(), wrapped()) --> yield in close	result
