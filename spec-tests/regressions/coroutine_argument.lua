-- What a wrong argument of the coroutine library is called; the error closes a pending variable.
local function closer(name)
  return setmetatable({}, { __close = function(_, e) print("close " .. name, e) end })
end
print(pcall(function()
  local c1 <close> = closer("c1")
  local _ = coroutine.resume(1)
end))
for _, name in ipairs { "status", "close", "resume", "isyieldable" } do print(pcall(coroutine[name], {})) end
