print(("hello world"):find("wor"), ("hello"):find("l"), ("hello"):find("xyz")) --> 7	3	nil
print(("hello"):find(""), ("hello"):find("", 10), ("hello"):find("", 6)) --> 1	nil	6	5
print(("hello"):find("l", -2), ("hello"):find("l", 4), ("hello"):find("h", 2)) --> 4	4	nil
print(("a.b"):find(".", 1, true), ("a.b"):find("%."), ("a+b"):find("+", 1, true)) --> 2	2	2	2
print(("key=val"):find("(%w+)=(%w+)")) --> 1	7	key	val
print(("key=val"):match("(%w+)=(%w+)"), ("2024-05-06"):match("(%d+)-(%d+)-(%d+)")) --> key	2024	05	06
print(("hello"):match(".-l"), ("hello"):match(".*l"), ("hello"):match("^h"), ("hello"):match("^e")) --> hel	hell	h	nil
print(("hello"):match("()ll()"), ("hello"):match("((h)(e))")) --> 3	he	h	e
print(("  trim  "):match("^%s*(.-)%s*$") .. "|") --> trim|
print(("f(a(b)c)d"):match("%b()"), ("THE (quick) fox"):find("%((%a+)%)")) --> (a(b)c)	5	11	quick
print(("THE (quick) fox"):gsub("%f[%a]%a+", string.lower)) --> the (quick) fox	3
print(("x^y"):match("[%^x]+"), ("a-b"):match("[a%-]+"), ("]"):match("[]]"), ("^"):match("[%^]")) --> x^	a-	]	^
print(("abc123"):match("%a+"), ("abc123"):match("%d+"), ("abc123"):match("[^%d]+"), ("abc"):match("[a-b]+")) --> abc	123	abc	ab
print(#("\0a\0"):match("%z"), ("a\0b"):find("\0"), ("a\0b"):match("[^\0]+")) --> 1	2	a
print(("aaa"):match("a-"), ("aaa"):match("a-$"), ("aaa"):match("a?a?a?a?")) --> 	aaa	aaa
print(("abab"):match("(ab)%1"), ("abac"):match("(a)b%1c")) --> ab	a
print(pcall(string.find, "a", "[a")) --> false	malformed pattern (missing ']')
print(pcall(string.find, "a", "%")) --> false	malformed pattern (ends with '%')
print(pcall(string.match, "a", "(a")) --> false	unfinished capture
print(pcall(string.match, "a", "a)")) --> false	invalid pattern capture
print(pcall(string.match, "a", "%1")) --> false	invalid capture index %1
print(pcall(string.match, "a", "%b")) --> false	malformed pattern (missing arguments to '%b')
print(pcall(string.match, "a", "%f")) --> false	missing '[' after '%f' in pattern
print(pcall(string.rep)) --> false	bad argument #1 to 'string.rep' (string expected, got no value)
