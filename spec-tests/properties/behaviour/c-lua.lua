-- `count` for C Lua: a hook before every instruction. Each coroutine has a hook of its own, so the functions that make
-- coroutines are wrapped; what the wrappers and this file execute themselves is measured once and taken off again.

local sethook, getupvalue = debug.sethook, debug.getupvalue
local create, wrap = coroutine.create, coroutine.wrap
local BUDGET = 3000000

local executed = 0
local function tick()
  executed = executed + 1
  if executed > BUDGET then error("program runs too long", 0) end
end

local wrapped = {}
for name, func in pairs(coroutine) do wrapped[name] = func end
local create_cost, wrap_cost = 0, 0 -- instructions that one call of a wrapper executes
function wrapped.create(f)
  local co = create(f)
  sethook(co, tick, "", 1)
  executed = executed - create_cost
  return co
end
function wrapped.wrap(f)
  local resume = wrap(f)
  local _, co = getupvalue(resume, 1)
  sethook(co, tick, "", 1)
  executed = executed - wrap_cost
  return resume
end

local overhead = 0 -- instructions counted around the call itself
local function count(f)
  executed = 0
  sethook(tick, "", 1)
  local results = table.pack(pcall(f))
  sethook()
  return executed - overhead, table.unpack(results, 1, results.n)
end

overhead = count(function() end) - 1
-- the same instructions around a call, once to a native and once to each wrapper
local function calling(f) return (count(function() f(print) end)) end
create_cost, wrap_cost = calling(wrapped.create) - calling(create), calling(wrapped.wrap) - calling(wrap)

function observe_counted(source) return observe(source, count, { coroutine = wrapped }) end
function observe_plain(source) return observe(source, function(f) return nil, pcall(f) end) end
