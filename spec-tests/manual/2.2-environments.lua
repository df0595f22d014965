-- Manual 2.2: every free name x means _ENV.x; _ENV is an upvalue of every chunk and an ordinary name otherwise.
x = 1
print(x == _ENV.x, _ENV == _G, rawget(_G, "x")) --> true	true	1
local function with_parameter(_ENV) return y end
print(with_parameter({ y = "from the table" })) --> from the table
do
  local print, _ENV = print, { z = "local environment" }
  print(z) --> local environment
  w = "assigned"
  print(_ENV.w) --> assigned
end
print(w) --> nil
local chunk = load("v = 1; return v", "chunk", "t", { })
print(chunk(), v) --> 1	nil
print(pcall(load("return missing + 1", "=chunk"))) --> false	chunk:1: attempt to perform arithmetic on a nil value (global 'missing')
print(pcall(load("missing.field = 1", "=chunk"))) --> false	chunk:1: attempt to index a nil value (global 'missing')
print((debug.getupvalue(load("return x"), 1))) --> _ENV
x = nil
