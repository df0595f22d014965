-- Runs one Lua program and answers what can be seen of it: how it ended, what it printed, how many instructions it took.
-- The same text runs on every implementation. Each brings along how to count VM instructions: `start()` begins to count and
-- `stop()` answers the count so far; what this file executes between the two is measured once and taken off.

local LIMIT = 20000 -- lines of output that are kept

local lines, kept

-- Bytes that do not survive every transport are written as escapes; the sign of NaN is the C library's own business.
local escapes = {}
for byte = 0, 255 do escapes[string.char(byte)] = "\\" .. byte end
local function printable(text)
  text = text:gsub("[^\32-\126\t]", escapes)
  return (text:gsub("%-?nan", "nan"))
end

local function capture(...)
  local parts = table.pack(...)
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
  local results = table.pack(pcall(f))
  return stop(), results
end

-- Answers a line `ended <how>`, a line `instructions <n>`, and what was printed.
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
