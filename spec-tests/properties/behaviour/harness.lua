-- Runs one Lua program and answers what can be seen of it: how it ended, what it printed, how many instructions it took.
-- The same text runs on every implementation; `count(f)` is the only part that each brings along: it calls `f` without
-- arguments, protected, and answers the number of VM instructions executed inside (or nil) followed by pcall's results.

local LIMIT = 20000 -- lines of output that are kept

local lines, kept

-- Bytes that do not survive every transport are written as escapes; the sign of NaN is the C library's own business.
local function printable(text)
  text = text:gsub("[^\32-\126\t]", function(c) return ("\\%d"):format(c:byte()) end)
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

-- Answers a line `ended <how>`, a line `instructions <n>` (absent when nothing counts), and what was printed.
function observe(source, count, overrides)
  lines, kept = {}, 0
  local chunk, problem = load(source, "=program", "t", fresh_environment(overrides or {}))
  if not chunk then return "ended refused " .. printable(problem) .. "\n" end
  local results = table.pack(count(chunk))
  local head = {}
  if results[2] then
    local values = {}
    for i = 3, results.n do values[#values + 1] = describe(results[i]) end
    head[1] = "ended well " .. printable(table.concat(values, ", "))
  else
    head[1] = "ended with " .. printable(describe(results[3]))
  end
  if results[1] then head[2] = "instructions " .. results[1] end
  for i = 1, kept do lines[i] = printable(lines[i]) end
  return table.concat(head, "\n") .. "\n" .. table.concat(lines, "\n") .. "\n"
end
