-- Manual 6.4.1: patterns.
print(("hello"):match("l+"), ("hello"):match("^h"), ("hello"):match("o$"), ("hello"):match(".-l"), ("hello"):match("x*")) --> ll	h	o	hel	
print(("a1 b2"):gsub("%a%d", "<%0>"), ("abc"):gsub("", "."), ("hello"):gsub("l", { l = "L" })) --> <a1> <b2>	.a.b.c.	heLLo	2
print(("key = value"):match("^(%w+)%s*=%s*(%w+)$"), ("x"):match("()"), ("abc"):match("a(.-)c")) --> key	1	b
print(("THE (quick) fox"):find("%((%a+)%)"), ("f(a,(b))"):match("%b()"), ("THE fox"):gsub("%f[%a]%a", string.lower)) --> 5	(a,(b))	tHE fox	2
print(("[x]"):match("[%]]"), ("a-z"):match("[a%-z]+"), ("^"):match("[x^]"), ("]"):match("[]]"), ("09"):match("[0-9]+")) --> ]	a-z	^	]	09
print(("\1\127 \n"):gsub("%c", "."), ("\u{e9}"):len(), ("%d"):gsub("%%", "%%%%")) --> .. .	2	%%d	1
print(("%a%c%d%g%l%p%s%u%w%x"):gsub("%%%l", ""), ("AbC1 ,"):gsub("%u", ""), ("AbC1 ,"):gsub("%P", "")) --> 	b1 ,	,	5
print(("aXb"):find("%u"), ("aXb"):find("X", 1, true), ("a.b"):find(".", 2, true), (""):find(""), ("a"):find("b")) --> 2	2	2	1	nil
print(("abab"):match("^(ab)%1$"), pcall(string.match, "a", "%1")) --> ab	false	invalid capture index %1
print(pcall(string.find, "a", "[a")) --> false	malformed pattern (missing ']')
print(pcall(string.find, "a", "(a")) --> false	unfinished capture
print(pcall(string.find, "a", "a)")) --> true	nil
print(pcall(string.find, "a", "%")) --> false	malformed pattern (ends with '%')
print(pcall(string.gsub, "a", "a", "%2")) --> false	invalid capture index %2
