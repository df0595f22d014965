local s = "hello"
print(s:sub(2), s:sub(2, 3), s:sub(-3), s:sub(-3, -2)) --> ello	el	llo	ll
print(s:sub(0), s:sub(10), s:sub(3, 2), s:sub(-100, 100)) --> hello			hello
print(s:sub(math.mininteger, math.maxinteger), s:sub(2, -10)) --> hello	
print(s:byte(), s:byte(2), s:byte(-1), s:byte(10)) --> 104	101	111
print(s:byte(1, -1)) --> 104	101	108	108	111
print(select("#", s:byte(10)), select("#", s:byte(1, 3))) --> 0	3
print(string.char(), string.char(72, 105), #string.char(0, 255)) --> 	Hi	2
print(s:len(), #s, s:upper(), ("ABC"):lower(), s:reverse()) --> 5	5	HELLO	abc	olleh
print(("ab"):rep(3), ("ab"):rep(3, "-"), ("ab"):rep(0), ("ab"):rep(-1), ("ab"):rep(1, "-")) --> ababab	ab-ab-ab			ab
print(pcall(string.char, 256)) --> false	bad argument #1 to 'string.char' (value out of range)
print(pcall(string.char, "x")) --> false	bad argument #1 to 'string.char' (number expected, got string)
print(pcall(string.rep, "x", 1 << 62)) --> false	resulting string too large
print(pcall(string.sub)) --> false	bad argument #1 to 'string.sub' (string expected, got no value)
print(pcall(string.byte, "a", "x")) --> false	bad argument #2 to 'string.byte' (number expected, got string)
print(s:sub("2", "3"), s:sub(2.0, 3.0)) --> el	el
print(pcall(s.sub, s, 1.5)) --> false	bad argument #2 to 'string.sub' (number has no integer representation)
