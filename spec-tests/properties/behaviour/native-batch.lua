-- A native Lua as the oracle for many programs: reads `LENGTH\nTEXT` records from a file, writes answers as such records.
local folder, input, output = ...
dofile(folder .. "/harness.lua")
dofile(folder .. "/c-lua.lua")
local from, to = assert(io.open(input, "rb")), assert(io.open(output, "wb"))
while true do
  local length = from:read("n", 1)
  if not length then break end
  local answer = observe_counted(from:read(length))
  to:write(#answer, "\n", answer)
end
to:close()
