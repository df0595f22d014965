print("10" + 5, "3" * "4", "0x10" + 0, " 5 " + 1) --> 15	12	16	6
print("10" / 2, "7" // 2, "7" % "4", "2" ^ "3") --> 5.0	3	3	8.0
print("1e1" + 0, "1.5" + 1, -"2", -"2.0") --> 10.0	2.5	-2	-2.0
print(10 .. 20, 1.5 .. "", -0.0 .. "", 2^53 .. "") --> 1020	1.5	-0.0	9.007199254741e+15
print(1 .. "", (2^63) .. "|" .. math.mininteger) --> 1	9.2233720368548e+18|-9223372036854775808
print("9223372036854775807" + 1, "9223372036854775808" + 1) --> -9223372036854775808	9.2233720368548e+18
print(pcall(function() return "abc" + 1 end)) --> false	strings/coercion.lua:7: attempt to add a 'string' with a 'number'
print(pcall(function() return {} .. "x" end)) --> false	strings/coercion.lua:8: attempt to concatenate a table value
print(pcall(function() return "x" .. nil end)) --> false	strings/coercion.lua:9: attempt to concatenate a nil value
print(pcall(function() return 1 .. true end)) --> false	strings/coercion.lua:10: attempt to concatenate a boolean value
print(("5"):rep(3), (5 .. ""):rep(2)) --> 555	55
print(string.rep(12, 2), ("x"):rep("2"), string.len(123)) --> 1212	xx	3
print(pcall(math.max, "10", 9)) --> false	attempt to compare string with number
print(math.floor("3.7"), math.abs("-4")) --> 3	4.0
print(("10"):format(), string.format("%d", "10"), string.format("%s", 10)) --> 10	10	10
print("abc" == "abc", "abc" ~= "abd", "" == "", not "") --> true	true	true	false
print(0 and "zero is true", "" and "empty is true") --> zero is true	empty is true
