local function show(...)
  local out = { n = select("#", ...), ... }
  for i = 1, out.n do
    local v = out[i]
    local kind = type(v)
    if kind == "table" then
      local mt, code = getmetatable(v), rawget(v, "code")
      if type(code) == "table" then code = "nested" end
      out[i] = "table:" .. tostring(code or (mt and mt.__tostring and tostring(v)))
    elseif kind == "function" or kind == "thread" then
      out[i] = kind
    end
  end
  print(table.unpack(out, 1, out.n))
end
for y1, z2 in coroutine.wrap(function()
  show(xpcall(function()

    error(setmetatable({}, { __tostring = function() return "object: " .. "" end }))
  end, (function() local calls = 0; return function(e) calls = calls + 1; if calls < 3 then error(calls) end; return calls end end)()))
  show(pcall(function()
    print(coroutine.yield())
    local t3 = { field = nil }
    local _ = t3.field .. 1 .. "z"
  end))
end) do
  show(y1, z2)
end
print(1, true)
