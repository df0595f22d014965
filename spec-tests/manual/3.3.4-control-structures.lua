-- Manual 3.3.4: while, repeat, if, goto, break.
local n = 0
while n < 3 do n = n + 1 end
print(n) --> 3
repeat local done = n == 5; n = n + 1 until done
print(n) --> 6
if nil then print("nil") elseif 0 then print("zero is true") else print("else") end --> zero is true
for i = 1, 3 do
  for j = 1, 3 do
    if j == 2 then goto continue end
    if i == 2 then goto done end
    n = n + 10
    ::continue::
  end
end
::done::
print(n) --> 26
do local k = 1; ::top:: if k < 4 then k = k * 2; goto top end; print(k) end --> 4
print(load("break", "=c")) --> nil	c:1: break outside loop at line 1
print(load("goto missing", "=c")) --> nil	c:1: no visible label 'missing' for <goto> at line 1
print(load("do ::hidden:: end goto hidden", "=c")) --> nil	c:1: no visible label 'hidden' for <goto> at line 1
print(load("goto over; local x; ::over:: print(x)", "=c")) --> nil	c:1: <goto over> at line 1 jumps into the scope of local 'x'
print(load("goto over; local x; ::over::", "=c") ~= nil) --> true
print(load("::twice:: ::twice::", "=c")) --> nil	c:1: label 'twice' already defined on line 1
print(load("::outer:: do ::outer:: end", "=c")) --> nil	c:1: label 'outer' already defined on line 1
print(load("return 1 print(2)", "=c")) --> nil	c:1: <eof> expected near 'print'
