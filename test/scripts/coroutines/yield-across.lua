local function run(f)
  local co, out = coroutine.wrap(f), {}
  repeat
    local v = co()
    out[#out + 1] = tostring(v)
  until v == nil or v == "returned"
  return table.concat(out, " ")
end
print(run(function() pcall(function() coroutine.yield(1); error("x") end); coroutine.yield(2) end)) --> 1 2 nil
print(run(function() coroutine.yield(select(2, pcall(function() coroutine.yield("in"); error("caught", 0) end))) end)) --> in caught nil
print(run(function() xpcall(function() coroutine.yield(1); error("e", 0) end, function(m) return m end); coroutine.yield("after") end)) --> 1 after nil
local mt = { __add = function(a, b) coroutine.yield("add"); return 5 end, __index = function(_, k) coroutine.yield("index"); return k end,
  __lt = function() coroutine.yield("lt"); return true end, __concat = function() coroutine.yield("concat"); return "cc" end,
  __call = function(_, x) coroutine.yield("call"); return x end, __eq = function() coroutine.yield("eq"); return false end,
  __len = function() coroutine.yield("len"); return 3 end, __newindex = function() coroutine.yield("newindex") end,
  __unm = function() coroutine.yield("unm"); return 1 end, __close = function() coroutine.yield("close") end }
local o, p = setmetatable({}, mt), setmetatable({}, mt)
print(run(function() coroutine.yield(o + 1); coroutine.yield(o.key) end)) --> add 5 index key nil
print(run(function() coroutine.yield(o < p); coroutine.yield(o .. p); coroutine.yield("a" .. o .. "b") end)) --> lt true concat cc concat acc nil
print(run(function() coroutine.yield(o(7)); coroutine.yield(o == p); coroutine.yield(#o) end)) --> call 7 eq false len 3 nil
print(run(function() o.x = 1; coroutine.yield(-o); if o < p then coroutine.yield("yes") end end)) --> newindex unm 1 lt yes nil
print(run(function() do local c <close> = o end; coroutine.yield("closed") end)) --> close closed nil
print(run(function() local c <close> = o; return "returned" end)) --> close returned
print(run(function() for v in function(_, k) k = (k or 0) + 1; coroutine.yield("it" .. k); if k < 3 then return k end end do coroutine.yield(v) end end)) --> it1 1 it2 2 it3 nil
print(run(function() for _ in coroutine.wrap(function() coroutine.yield(1) end) do coroutine.yield("nested") end end)) --> nested nil
print(pcall(coroutine.wrap(function() table.sort({ 3, 2, 1 }, function(a, b) coroutine.yield() end) end))) --> false	attempt to yield across a C-call boundary
print(pcall(coroutine.wrap(function() ("x"):gsub("x", coroutine.yield) end))) --> false	attempt to yield across a C-call boundary
print(run(function() coroutine.yield(pcall(pcall, coroutine.yield, "deep")) end)) --> deep true nil
print(run(function() local t = setmetatable({}, { __pairs = function(t) coroutine.yield("pairs"); return next, { 1 }, nil end }); for k, v in pairs(t) do coroutine.yield(v) end end)) --> pairs 1 nil
