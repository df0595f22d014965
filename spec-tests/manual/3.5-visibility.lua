-- Manual 3.5: lexical scoping; a local starts after its own declaration; closures share variables.
x = 10
do
  local x = x
  print(x) --> 10
  x = x + 1
  do local x = x + 1; print(x) end --> 12
  print(x) --> 11
end
print(x) --> 10
local a = {}
local y = 20
for i = 1, 3 do local y = 0; a[i] = function() y = y + 1; return x + y end end
print(a[1](), a[1](), a[2]()) --> 11	12	11
local function shared() local v = 0; return function() v = v + 1; return v end, function() return v end end
local increment, read = shared()
increment(); increment()
print(read()) --> 2
local recursive = function() return recursive end
print(recursive()) --> nil
local function named() return named end
print(named() == named) --> true
repeat local inner = true until inner
print(inner) --> nil
x = nil
