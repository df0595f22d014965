-- How C Lua counts: a hook before every instruction. Each coroutine has a hook of its own, so the functions that make
-- coroutines are wrapped; what the wrappers execute themselves is measured once and taken off again.

local sethook, getupvalue = debug.sethook, debug.getupvalue
local create, wrap = coroutine.create, coroutine.wrap
local BUDGET = 3000000

local executed = 0
local function tick()
  executed = executed + 1
  if executed > BUDGET then error("program runs too long", 0) end
end

local function start()
  executed = 0
  sethook(tick, "", 1)
end
local function stop()
  sethook()
  return executed
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

-- the same instructions around a call, once to a native and once to each wrapper
local function calling(f)
  start()
  f(print)
  return stop()
end
create_cost, wrap_cost = calling(wrapped.create) - calling(create), calling(wrapped.wrap) - calling(wrap)

observe = observer(start, stop, { coroutine = wrapped })
