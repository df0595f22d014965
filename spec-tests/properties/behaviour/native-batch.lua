-- A native Lua as the oracle for many programs: reads `LENGTH\nTEXT` records from a file, asks the function of the harness
-- named by `question` about each text, and writes the answers as such records.
local folder, question, input, output = ...
for _, name in ipairs { "harness", "c-lua" } do
  local file = assert(io.open(folder .. "/" .. name .. ".lua", "rb"))
  assert(load(file:read("a"), "=" .. name))()
  file:close()
end
local from, to = assert(io.open(input, "rb")), assert(io.open(output, "wb"))
while true do
  local length = from:read("n", 1)
  if not length then break end
  local answer = _G[question](from:read(length) or "") -- nothing is left to read when the last text is empty
  to:write(#answer, "\n", answer)
end
to:close()
