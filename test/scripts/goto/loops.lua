local out = {}
for i = 1, 5 do
  if i % 2 == 0 then goto continue end
  out[#out + 1] = i
  ::continue::
end
print(table.concat(out, " ")) --> 1 3 5
for i = 1, 3 do
  for j = 1, 3 do
    if i * j == 4 then goto found end
  end
end
::found::
print("found") --> found
do
  local k = 0
  ::top::
  k = k + 1
  if k < 5 then goto top end
  print(k) --> 5
end
local fs = {}
do
  local i = 1
  ::again::
  local x = i
  fs[i] = function() x = x + 1; return x end
  i = i + 1
  if i <= 3 then goto again end
end
print(fs[1](), fs[1](), fs[2](), fs[3]()) --> 2	3	3	4
do goto skip; print("skipped"); ::skip:: end
print(load("goto nope")) --> nil	[string "goto nope"]:1: no visible label 'nope' for <goto> at line 1
print(load("do ::inner:: end goto inner")) --> nil	[string "do ::inner:: end goto inner"]:1: no visible label 'inner' for <goto> at line 1
print(load("goto l; local a; ::l:: print(a)")) --> nil	[string "goto l; local a; ::l:: print(a)"]:1: <goto l> at line 1 jumps into the scope of local 'a'
print(load("::l:: ::l::")) --> nil	[string "::l:: ::l::"]:1: label 'l' already defined on line 1
print(load("break")) --> nil	[string "break"]:1: break outside loop at line 1
print(load("goto = 1")) --> nil	[string "goto = 1"]:1: <name> expected near '='
print(load("repeat if true then goto cont end; local x; ::cont:: until x")) --> nil	[string "repeat if true then goto cont end; local x; :..."]:1: <goto cont> at line 1 jumps into the scope of local 'x'
do goto e; local unused; ::e:: end
print("end of block is fine") --> end of block is fine
