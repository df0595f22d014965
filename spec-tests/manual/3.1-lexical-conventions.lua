-- Manual 3.1: escapes, long brackets, numerals, comments.
print("a\tb\\c\"d\'e", '\65\066\x43\u{44}', "\z   skipped") --> a	b\c"d'e	ABCD	skipped
print(#"\0\00\000", #"\u{7FFFFFFF}", "\u{20AC}" == "\xE2\x82\xAC") --> 3	6	true
local long = [==[
first newline is dropped
]]]=]]==]
print(#long, long:sub(-4)) --> 30	]]=]
print(3, 345, 0xff, 0xBEBADA, 0x7fffffffffffffff, 0xffffffffffffffff) --> 3	345	255	12499674	9223372036854775807	-1
print(3.0, 3.1416, 314.16e-2, 0.31416E1, 34e1, 0x0.1E, 0xA23p-4) --> 3.0	3.1416	3.1416	3.1416	340.0	0.1171875	162.1875
print(9223372036854775807, 9223372036854775808, 1e400, -1e400) --> 9223372036854775807	9.2233720368548e+18	inf	-inf
print(.5, 5., 0x.8, 0x8., 0xA.8p0, 1e+2, 1E-2) --> 0.5	5.0	0.5	8.0	10.5	100.0	0.01
--[[ a long
comment ]] print("after a long comment") --> after a long comment
--[==[ ]] ]==] print("after another") --> after another
---[[ not a long comment
print("short comments start with two dashes") --> short comments start with two dashes
--]]
print(load("x = 'unfinished")) --> nil	[string "x = 'unfinished"]:1: unfinished string near <eof>
print(load("x = [[unfinished")) --> nil	[string "x = [[unfinished"]:1: unfinished long string (starting at line 1) near <eof>
print(load("x = 0xg")) --> nil	[string "x = 0xg"]:1: malformed number near '0xg'
print(load("x = '\\400'")) --> nil	[string "x = '\400'"]:1: decimal escape too large near ''\400''
print(load("x = '\\u{80000000}'")) --> nil	[string "x = '\u{80000000}'"]:1: UTF-8 value too large near ''\u{80000000'
print(load("goto = 1")) --> nil	[string "goto = 1"]:1: <name> expected near '='
local _end, End, END = 1, 2, 3
print(_end, End, END) --> 1	2	3
