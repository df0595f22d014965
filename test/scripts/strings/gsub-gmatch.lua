print(("hello"):gsub("l", "L"), ("hello"):gsub("l", "L", 1), ("hello"):gsub("x", "y")) --> heLLo	heLlo	hello	0
print(("hello world"):gsub("o", "0", 0), ("abc"):gsub("", "-")) --> hello world	-a-b-c-	4
print(("hello"):gsub("(l)(o)", "%2%1"), ("abc"):gsub("%w", "%0%0"), ("abc"):gsub("%w", "%%")) --> helol	aabbcc	%%%	3
print(("$name is $age"):gsub("%$(%w+)", { name = "Ann", age = 7 })) --> Ann is 7	2
print(("abc"):gsub("%w", { a = "1", b = true and "2", c = false })) --> 12c	3
print(("abc"):gsub("%w", function(c) if c == "b" then return "[b]" end end)) --> a[b]c	3
print(("abc def"):gsub("(%w)(%w)", function(a, b) return b .. a end)) --> bac edf	2
print(("abc"):gsub("b*", "x"), ("baaac"):gsub("a*", "-")) --> xaxcx	-b-c-	3
print(("abc"):gsub("^a", "x"), ("aaa"):gsub("^a", "x")) --> xbc	xaa	1
print(("one two"):gsub("(%w+) (%w+)", "%2 %1")) --> two one	1
local words = {}
for w in ("the quick  fox"):gmatch("%a+") do words[#words + 1] = w end
print(table.concat(words, ",")) --> the,quick,fox
local pairs_ = {}
for k, v in ("a=1, b=2"):gmatch("(%w+)=(%w+)") do pairs_[#pairs_ + 1] = k .. v end
print(table.concat(pairs_, ",")) --> a1,b2
local at = {}
for p in ("abc"):gmatch("()") do at[#at + 1] = p end
print(table.concat(at, ",")) --> 1,2,3,4
local from = {}
for w in ("a b c d"):gmatch("%a", 4) do from[#from + 1] = w end
print(table.concat(from, ",")) --> c,d
print(pcall(string.gsub, "abc", "%w", "%2")) --> false	invalid capture index %2
print(pcall(string.gsub, "abc", "%w", "%x")) --> false	invalid use of '%' in replacement string
print(pcall(string.gsub, "abc", "%w", true)) --> false	bad argument #3 to 'string.gsub' (string/function/table expected, got boolean)
print(pcall(string.gsub, "abc", "%w", function() return {} end)) --> false	invalid replacement value (a table)
print(pcall(string.gsub, "abc", "%w", { a = {} })) --> false	invalid replacement value (a table)
