print(utf8.char(72, 228, 8364, 128512), utf8.char(), #utf8.char(0x7FFFFFFF)) --> Hä€😀		6
print(utf8.len("häß€"), utf8.len(""), utf8.len("abc", 2), utf8.len("abc", 4)) --> 4	0	2	0
print(utf8.len("\xff"), utf8.len("ab\x80"), utf8.len("abc", -1)) --> nil	nil	1
print(utf8.codepoint("häß", 1, -1)) --> 104	228	223
print(utf8.codepoint("€"), pcall(utf8.codepoint, "\xff")) --> 8364	false	invalid UTF-8 code
print(utf8.offset("aä€b", 3), utf8.offset("aä€b", -1), utf8.offset("aä€b", 0, 3), utf8.offset("abc", 10)) --> 4	7	2	nil
print(pcall(utf8.offset, "ä", 1, 2)) --> false	initial position is a continuation byte
local out = {}
for p, c in utf8.codes("aä€") do out[#out + 1] = p .. ":" .. c end
print(table.concat(out, " ")) --> 1:97 2:228 4:8364
print(pcall(function() for _ in utf8.codes("a\xffb") do end end)) --> false	library/utf8.lua:11: invalid UTF-8 code
print(utf8.charpattern == "[\0-\x7F\xC2-\xFD][\x80-\xBF]*") --> true
print(utf8.len("\u{D800}", 1, -1, true), utf8.len("\u{D800}"), utf8.codepoint("\u{7FFFFFFF}", 1, 1, true)) --> 1	nil	2147483647
print(pcall(utf8.char, 0x80000000)) --> false	bad argument #1 to 'utf8.char' (value out of range)
print(pcall(utf8.len, "abc", 5)) --> false	bad argument #2 to 'utf8.len' (initial position out of bounds)
for c in ("aé"):gmatch(utf8.charpattern) do out[#out + 1] = #c end
print(out[#out - 1], out[#out]) --> 1	2
