-- A message handler fails twice before it answers; the coroutine around it can still yield in a later protected call.
for got in coroutine.wrap(function()
  local calls = 0
  print(xpcall(function() error({}) end, function()
    calls = calls + 1
    if calls < 3 then error(calls) end
    return calls
  end))
  print(pcall(function()
    coroutine.yield("yielded")
    error("later", 0)
  end))
end) do
  print(got)
end
