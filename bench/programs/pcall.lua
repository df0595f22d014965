-- Protected calls: success, string errors, table errors, rethrow, runtime errors, error in a nested call.
local n = tonumber((...)) or 600000

local function checked(x)
  if x % 3 == 0 then error("multiple of three") end
  if x % 5 == 0 then error({ code = x }) end
  return x
end
local function rethrow(x)
  local ok, problem = pcall(checked, x)
  if not ok then error(problem, 0) end
  return problem
end
local function sloppy(t) return t.field.inner end

local passed, strings, tables, code = 0, 0, 0, 0
for i = 1, n do
  local ok, result = pcall(rethrow, i)
  if ok then
    passed = passed + 1
  elseif type(result) == "table" then
    tables, code = tables + 1, code + result.code % 7
  else
    strings = strings + 1
  end
end

local messages = 0
for i = 1, n // 10 do
  local ok, message = pcall(sloppy, {})
  if not ok and message:find("attempt to index", 1, true) then messages = messages + 1 end
  local _, handled = xpcall(checked, function(m) return type(m) end, i)
  messages = messages + #tostring(handled)
end
print("pcall", passed, strings, tables, code, messages)
