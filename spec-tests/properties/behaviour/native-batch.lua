-- A native Lua as the oracle for many programs: reads `LENGTH\nTEXT` records from a file, writes answers as such records.
local folder, input, output = ...
for _, name in ipairs { "harness", "c-lua" } do
  local file = assert(io.open(folder .. "/" .. name .. ".lua", "rb"))
  assert(load(file:read("a"), "=" .. name))()
  file:close()
end
local from, to = assert(io.open(input, "rb")), assert(io.open(output, "wb"))
while true do
  local length = from:read("n", 1)
  if not length then break end
  local answer = observe(from:read(length))
  to:write(#answer, "\n", answer)
end
to:close()
