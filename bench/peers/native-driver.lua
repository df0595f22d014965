-- The same protocol as session-process.ts for a native Lua: one run for every line on stdin, one line of text back.
-- Works on LuaJIT too. The parent measures the time.
local file = ...
io.stdout:setvbuf("line")
local handle = assert(io.open(file, "rb"))
local source = handle:read("*a")
handle:close()
local name = "=" .. file:match("[^/]*$")

local lines
function print(...)
  local parts = { n = select("#", ...), ... }
  for i = 1, parts.n do parts[i] = tostring(parts[i]) end
  lines[#lines + 1] = table.concat(parts, "\t")
end
local say = function(kind, text) io.stdout:write(kind, " ", (text:gsub("[\\\n]", { ["\\"] = "\\\\", ["\n"] = "\\n" })), "\n") end

local program
say("ready", "")
for _ in io.lines() do
  lines = {}
  local ok, problem = pcall(function()
    program = program or assert((loadstring or load)(source, name))
    program()
  end)
  if not ok then
    say("error", tostring(problem))
    break
  end
  say("done", table.concat(lines, "\n"))
end
