-- Counts in a chunk that promise gigabytes are refused without reserving them.
-- policy: none
-- expect: held
local chunk = string.dump(load("return 'constant'"))
for i = 20, #chunk do
  load(chunk:sub(1, i) .. "\127\127\127\127\255" .. chunk:sub(i + 6), "c", "b")
end
return collectgarbage("count") < 4000 and "held"
