print("a\tb", "a\\b", "\"q\"", '\'s\'') --> a	b	a\b	"q"	's'
local skipped = "\z
       skipped"
print("\65\066\x43\u{44}", skipped, #"\z   ") --> ABCD	skipped	0
print(#"\0", #"a\0b", ("a\0b"):byte(2)) --> 1	3	0
print(("\a\b\f\n\r\t\v"):byte(1, -1)) --> 7	8	12	10	13	9	11
print(#"\u{7FFFFFFF}", #"\u{10FFFF}", #"\u{7FF}", #"\u{80}", #"\u{7F}") --> 6	4	2	2	1
print("\u{48}\u{49}", "\xe9" == "\233", "\u{e9}" == "\xc3\xa9") --> HI	true	true
local broken = "line\
break"
print(#broken, broken == "line\nbreak") --> 10	true
print([[no \n escape]], [==[with ]] inside]==]) --> no \n escape	with ]] inside
local long = [[
first newline dropped]]
print(#long) --> 21
print(load('return "\\q"')) --> nil	[string "return "\q""]:1: invalid escape sequence near '"\q'
print(load('return "\\300"')) --> nil	[string "return "\300""]:1: decimal escape too large near '"\300"'
print(load('return "\\xZZ"')) --> nil	[string "return "\xZZ""]:1: hexadecimal digit expected near '"\xZ'
print(load('return "\\u{110000000}"')) --> nil	[string "return "\u{110000000}""]:1: UTF-8 value too large near '"\u{110000000'
print(load('return "\\u{zz}"')) --> nil	[string "return "\u{zz}""]:1: hexadecimal digit expected near '"\u{z'
print(load('return "open')) --> nil	[string "return "open"]:1: unfinished string near <eof>
print(load('return "open\nnext"')) --> nil	[string "return "open..."]:1: unfinished string near '"open'
print(load('return [[open')) --> nil	[string "return [[open"]:1: unfinished long string (starting at line 1) near <eof>
print(load('return [=[open')) --> nil	[string "return [=[open"]:1: unfinished long string (starting at line 1) near <eof>
print(load('return [=x')) --> nil	[string "return [=x"]:1: invalid long string delimiter near '[='
