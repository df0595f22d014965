-- Manual 6.4: the string library (patterns are in 6.4.1).
print(("abc"):byte(), ("abc"):byte(-1), ("abc"):byte(1, -1)) --> 97	99	97	98	99
print(("abc"):byte(10), select("#", ("abc"):byte(10)), string.char(), string.char(72, 105), pcall(string.char, 256)) --> nil	0		Hi	false	bad argument #1 to 'string.char' (value out of range)
print(("hello"):sub(2, 3), ("hello"):sub(-3), ("hello"):sub(2), ("hello"):sub(0), ("hello"):sub(10), ("hello"):sub(-100, 2), ("hello"):sub(3, 2) == "") --> el	llo	ello	hello		he	true
print(("x"):rep(3), ("x"):rep(3, ", "), ("x"):rep(0), ("x"):rep(-1), ("ab"):rep(1, "sep"), pcall(string.rep, "x", 1 << 40)) --> xxx	x, x, x			ab	false	resulting string too large
print(("MiXed"):upper(), ("MiXed"):lower(), ("abc"):reverse(), ("").reverse(""), ("a\0b"):len(), #"\u{20AC}") --> MIXED	mixed	cba		3	3
print(("hello world"):find("wor"), ("hello"):find("l"), ("hello"):find("xyz"), ("hello"):find("", 10), ("hello"):find("", 6)) --> 7	3	nil	nil	6	5
print(("a.b"):find(".", 1, true), ("a.b"):find("%."), ("a+b"):find("+", 1, true), ("abc"):find("b", -1), ("abc"):find("b", -2)) --> 2	2	2	nil	2	2
print(("key = value"):match("(%w+)%s*=%s*(%w+)"), ("2024-01-02"):match("(%d+)-(%d+)-(%d+)")) --> key	2024	01	02
print(("abc"):match("()b()"), ("abc"):match("x"), ("abc"):match(".", -1)) --> 2	nil	c
local words = {}
for w in ("one two  three"):gmatch("%a+") do words[#words + 1] = w end
for k, v in ("a=1, b=2"):gmatch("(%w+)=(%w+)") do words[#words + 1] = k .. v end
for p in ("abc"):gmatch("()") do words[#words + 1] = p end
print(table.concat(words, " ")) --> one two three a1 b2 1 2 3 4
print(("hello"):gsub("l", "L")) --> heLLo	2
print(("hello"):gsub("l", "L", 1)) --> heLlo	1
print(("hello"):gsub("", "-")) --> -h-e-l-l-o-	6
print(("abc"):gsub("%w", "%0%0")) --> aabbcc	3
print(("abc"):gsub("(a)(b)", "%2%1")) --> bac	1
print(("$name is $age"):gsub("%$(%w+)", { name = "Lua", age = 30 })) --> Lua is 30	2
print(("abc"):gsub("%w", function(c) if c == "b" then return false end return c:upper() end)) --> AbC	3
print(pcall(string.gsub, "x", "x", "%9")) --> false	invalid capture index %9
print(pcall(string.gsub, "x", "x", "%q")) --> false	invalid use of '%' in replacement string
print(pcall(string.gsub, "x", "(", "")) --> true	x	2
print(pcall(string.gsub, "x", "x", true)) --> false	bad argument #3 to 'string.gsub' (string/function/table expected, got boolean)
print(pcall(string.gsub, "x", "x", function() return {} end)) --> false	invalid replacement value (a table)
print(string.format("%d %5d %-5d| %05d %+d %x %X %#x %o", 42, 42, 42, 42, 42, 255, 255, 255, 8)) --> 42    42 42   | 00042 +42 ff FF 0xff 10
print(string.format("%i %u %c", 3.0, 7, 65)) --> 3 7 A
print(string.format("%f %.2f %10.3f %-10.1f| %e %g %g %g %a", 3.14159, 3.14159, 3.14159, 3.14159, 12345.678, 1e20, 0.1, 100, 1.0)) --> 3.141590 3.14      3.142 3.1       | 1.234568e+04 1e+20 0.1 100 0x1p+0
print((string.format("%s %10s %-10s| %.2s %q", "str", "right", "left", "cut", 'quote "this"\n\0\r end'):gsub("\n", "N"))) --> str      right left      | cu "quote \"this\"\N\0\13 end"
print(string.format("%q %q %q %q", 1, 0.1, math.mininteger, 1/0), string.format("%%")) --> 1 0x1.999999999999ap-4 0x8000000000000000 1e9999	%
print(pcall(string.format, "%d", 1.5)) --> false	bad argument #2 to 'string.format' (number has no integer representation)
print(pcall(string.format, "%d", "x")) --> false	bad argument #2 to 'string.format' (number expected, got string)
print(pcall(string.format, "%y", 1)) --> false	invalid conversion '%y' to 'format'
print(pcall(string.format, "%s")) --> false	bad argument #2 to 'string.format' (no value)
print(pcall(string.format, "%q", {})) --> false	bad argument #2 to 'string.format' (value has no literal form)
print(pcall(string.format, "%123d", 1)) --> false	invalid conversion specification: '%123d'
print(pcall(string.format, "%")) --> false	bad argument #2 to 'string.format' (no value)
print(string.format("%s %s %s", nil, true, setmetatable({}, { __tostring = function() return "meta" end })), string.format("%5s|%5s", true, nil), string.format("%.20s", ("x"):rep(30))) --> nil true meta	 true|  nil	xxxxxxxxxxxxxxxxxxxx
print(#string.dump(function() end) > 20, pcall(string.dump, pcall)) --> true	false	unable to dump given function
print(load(string.dump(function(a, b) return a + b end))(1, 2)) --> 3
print("10" + 5, "0x10" * 2, "3" ^ 2, pcall(function() return "a" + 1 end)) --> 15	32	9.0	false	6.4-strings.lua:43: attempt to add a 'string' with a 'number'
print(10 .. 20, 1.5 .. "", -0.0 .. "", 2^63 .. "") --> 1020	1.5	-0.0	9.2233720368548e+18
print("a" < "b", "a" < "B", "" < "a", "a\0b" < "a\0c", "Z" < "a", "10" < "9", pcall(function() return "1" < 2 end)) --> true	false	true	true	true	true	false	6.4-strings.lua:45: attempt to compare string with number
