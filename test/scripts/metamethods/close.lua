local log = {}
local function closer(name) return setmetatable({}, { __close = function(_, e) log[#log + 1] = name .. ":" .. tostring(e) end }) end
do
  local a <close> = closer("a")
  local b <close> = closer("b")
end
print(table.concat(log, " ")) --> b:nil a:nil
log = {}
print(pcall(function() local a <close> = closer("a"); error("oops", 0) end)) --> false	oops
print(table.concat(log, " ")) --> a:oops
log = {}
local function early() local a <close> = closer("a"); return "result", #log end
print(early()) --> result	0
print(table.concat(log, " ")) --> a:nil
log = {}
for i = 1, 3 do local a <close> = closer(i); if i == 2 then break end end
print(table.concat(log, " ")) --> 1:nil 2:nil
log = {}
do local n <close> = nil; local f <close> = false end
print(#log, pcall(function() local x <close> = 42 end)) --> 0	false	metamethods/close.lua:20: variable 'x' got a non-closable value
print(pcall(function() local x <close> = {} end)) --> false	metamethods/close.lua:21: variable 'x' got a non-closable value
log = {}
print(pcall(function() --> false	second
  local a <close> = closer("a")
  local b <close> = setmetatable({}, { __close = function() error("second", 0) end })
  error("first", 0)
end))
print(table.concat(log, " ")) --> a:second
log = {}
for k in function(_, k) k = (k or 0) + 1; if k < 4 then return k end end, nil, nil, closer("iter") do if k == 2 then break end end
print(table.concat(log, " ")) --> iter:nil
log = {}
do
  goto out
  ::back::
  do local a <close> = closer("never") end
  ::out::
end
print(#log) --> 0
