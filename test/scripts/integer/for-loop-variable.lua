local out = {}
for i = 1, 3 do
  local j = i
  i = i * 10
  out[#out + 1] = j .. "/" .. i
end
print(table.concat(out, " ")) --> 1/10 2/20 3/30
local fs = {}
for i = 1, 3 do fs[i] = function() i = i + 1; return i end end
print(fs[1](), fs[1](), fs[2](), fs[3]()) --> 2	3	3	4
local n, limit = 0, 3
for i = 1, limit do limit = 10; n = n + 1 end
print(n, limit) --> 3	10
for i = 1, 0 do n = "never" end
print(n, i) --> 3	nil
