// The Lua half of the comparison: texts that run on every implementation that is compared. They are Lua inside strings because
// they have to be where the package is, without a file beside it.

/**
 * Defines `observer(start, stop, overrides)`, which makes `observe`; `prints`, `compiled` and `accepted`. Runs on Lua 5.1 and later. See Question in oracle.ts. Load it under
 * {@link HARNESS_NAME}.
 */
export const HARNESS = String.raw`-- Runs one Lua program and answers what can be seen of it: how it ended, what it printed, how many instructions it took.
-- The same text runs on every implementation. Each brings along how to count VM instructions: 'start()' begins to count and
-- 'stop()' answers the count so far; what this file executes between the two is measured once and taken off.

local LIMIT = 20000 -- lines of output that are kept
local pack = table.pack or function(...) return { n = select("#", ...), ... } end

local lines, kept

-- Bytes that do not survive every transport are written as escapes; the sign of NaN is the C library's own business.
local escapes = {}
for byte = 0, 255 do escapes[string.char(byte)] = "\\" .. byte end
local function printable(text)
  text = text:gsub("[^\32-\126\t]", escapes)
  return (text:gsub("%-?nan", "nan"))
end

local function capture(...)
  local parts = pack(...)
  for i = 1, parts.n do parts[i] = tostring(parts[i]) end
  if kept < LIMIT then
    kept = kept + 1
    lines[kept] = table.concat(parts, "\t")
  end
end

local function describe(value)
  local kind = type(value)
  if kind == "string" or kind == "number" or kind == "boolean" or kind == "nil" then return kind .. " " .. tostring(value) end
  return kind
end

local function fresh_environment(overrides)
  local env = {}
  for k, v in pairs(_G) do env[k] = v end
  for k, v in pairs(overrides) do env[k] = v end
  env._G = env
  env.print = capture
  return env
end

local function run(f, start, stop)
  start()
  local results = pack(pcall(f))
  return stop(), results
end

-- Answers a line 'ended <how>', a line 'instructions <n>', and what was printed.
function observer(start, stop, overrides)
  local overhead = run(function() end, start, stop) - 1
  return function(source)
    lines, kept = {}, 0
    local chunk, problem = load(source, "=program", "t", fresh_environment(overrides or {}))
    if not chunk then return "ended refused " .. printable(problem) .. "\n" end
    local executed, results = run(chunk, start, stop)
    local ended = "with " .. describe(results[2])
    if results[1] then
      local values = {}
      for i = 2, results.n do values[#values + 1] = describe(results[i]) end
      ended = "well " .. table.concat(values, ", ")
    end
    for i = 1, kept do lines[i] = printable(lines[i]) end
    return ("ended %s\ninstructions %d\n%s\n"):format(printable(ended), executed - overhead, table.concat(lines, "\n"))
  end
end

-- How a text ended and what it printed, without what only equal virtual machines have in common.
function prints(source)
  lines, kept = {}, 0
  local chunk = load(source, "=program", "t", fresh_environment({}))
  if not chunk then return "ended refused" end
  local ok, problem = pcall(chunk)
  for i = 1, kept do lines[i] = printable(lines[i]) end
  return ("ended %s\n%s\n"):format(ok and "well" or "with " .. printable(describe(problem)), table.concat(lines, "\n"))
end

-- What the compiler makes of a text: the message that refuses it, or its binary chunk with and without debug information.
function compiled(source)
  local chunk, problem = load(source, "=program", "t")
  if not chunk then return "refused " .. printable(problem) end
  return "accepted " .. printable(string.dump(chunk)) .. "\nstripped " .. printable(string.dump(chunk, true))
end

-- Only whether the text is a chunk, and the message that refuses it.
function accepted(source)
  local chunk, problem = load(source, "=program", "t")
  return chunk and "accepted" or "refused " .. printable(problem)
end
`;

/** Chunk name of the harness, which shows up in a few error messages. */
export const HARNESS_NAME = "=harness";

/** Defines `observe` for a C Lua, after {@link HARNESS}. */
export const C_LUA = String.raw`-- How C Lua counts: a hook before every instruction. Each coroutine has a hook of its own, so the functions that make
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
`;

/** What a native binary runs: harness, C_LUA, question, input file and output file as arguments. */
export const NATIVE_BATCH = String.raw`-- A native Lua as the oracle for many programs: reads 'LENGTH\nTEXT' records from a file, asks the function of the harness
-- named by 'question' about each text, and writes the answers as such records.
local harness, c_lua, question, input, output = ...
do
  local file = assert(io.open(harness, "rb"))
  assert(load(file:read("a"), "=harness"))()
  file:close()
end
if question == "observe" then assert(loadfile(c_lua))() end
local from, to = assert(io.open(input, "rb")), assert(io.open(output, "wb"))
while true do
  local length = from:read("n", 1)
  if not length then break end
  local answer = _G[question](from:read(length) or "") -- nothing is left to read when the last text is empty
  to:write(#answer, "\n", answer)
end
to:close()
`;
