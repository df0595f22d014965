-- Manual 6.5: the utf8 library.
print(utf8.char(), #utf8.char(72, 228, 8364, 128512), utf8.char(0x7fffffff):byte(1, -1)) --> 	10	253	191	191	191	191	191
print(pcall(utf8.char, -1)) --> false	bad argument #1 to 'utf8.char' (value out of range)
print(utf8.charpattern == "[\0-\x7F\xC2-\xFD][\x80-\xBF]*") --> true
local s = "a\u{E4}\u{20AC}\u{1F600}"
print(utf8.len(s), #s, utf8.len(s, 2), utf8.len(s, -4), utf8.len(""), utf8.len("\xff"), utf8.len("ab\x80")) --> 4	10	3	1	0	nil	nil	3
print(pcall(utf8.len, s, 20)) --> false	bad argument #2 to 'utf8.len' (initial position out of bounds)
print(utf8.len("\u{D7FF}"), utf8.len("\xed\xa0\x80"), utf8.len("\xed\xa0\x80", 1, -1, true), utf8.len("\u{7FFFFFFF}", 1, -1, true), utf8.len("\xc0\x80")) --> 1	nil	1	1	nil	1
local list = {}
for p, c in utf8.codes(s) do list[#list + 1] = p .. ":" .. c end
print(table.concat(list, " ")) --> 1:97 2:228 4:8364 7:128512
print(pcall(function() for _ in utf8.codes("a\xffb") do end end)) --> false	6.5-utf8.lua:12: invalid UTF-8 code
print(pcall(function() for _ in utf8.codes("\u{200000}") do end end)) --> false	6.5-utf8.lua:13: invalid UTF-8 code
print(utf8.codepoint(s, 1, -1)) --> 97	228	8364	128512
print(utf8.codepoint(s), utf8.codepoint(s, 2), pcall(utf8.codepoint, s, 3)) --> 97	228	false	invalid UTF-8 code
print(pcall(utf8.codepoint, s, 1, 100)) --> false	bad argument #3 to 'utf8.codepoint' (out of bounds)
print(select("#", utf8.codepoint(s, 3, 2))) --> 0
print(utf8.offset(s, 1), utf8.offset(s, 3), utf8.offset(s, 5), utf8.offset(s, 6), utf8.offset(s, -1), utf8.offset(s, -4), utf8.offset(s, 0, 3), utf8.offset(s, 1, 2)) --> 1	4	11	nil	7	1	2	2
print(pcall(utf8.offset, s, 1, 3)) --> false	initial position is a continuation byte
print(pcall(utf8.offset, s, 1, 100)) --> false	bad argument #3 to 'utf8.offset' (position out of bounds)
print(utf8.offset("", 1), utf8.offset("", 2)) --> 1	nil
for _, c in utf8.codes("\xf4\x90\x80\x80", true) do print(c) end --> 1114112
