local n, out = 3, {}
while n > 0 do out[#out + 1] = n; n = n - 1 end
print(table.concat(out, " ")) --> 3 2 1
repeat local done = n >= 2; n = n + 1 until done
print(n) --> 3
while true do n = n + 1; if n > 10 then break end end
print(n) --> 11
repeat n = n - 1 if n == 5 then break end until false
print(n) --> 5
while false do n = "never" end
while nil do n = "never" end
print(n) --> 5
if nil then print("no") elseif false then print("no") elseif 0 then print("zero is true") else print("no") end --> zero is true
if "" then print("empty string is true") end --> empty string is true
print(not nil, not false, not 0, not "", not {}) --> true	true	false	false	false
print(nil and 1, false or nil, 1 and 2, nil or false, false and error("x")) --> nil	nil	2	false	false
print(1 and nil or 3, nil == false) --> 3	false
local x = nil
print(x and x.y, x == nil and "none" or x) --> nil	none
do end
;;; do ; end
print("semicolons") --> semicolons
