-- Manual 9: what the grammar takes and what it refuses.
local good = { "", ";;;", "local a <const>, b <close> = 1, nil", "goto x; ::x::", "::a:: ::b:: goto a", "do end", "while false do end", "repeat until true", "if nil then elseif nil then else end", "for i = 1, 2 do end", "for i = 1, 2, 3 do end", "for a, b, c in next, {} do end", "function a.b.c:d(...) end", "local function f(a, b, ...) end", "return", "return;", "return 1, 2;", "f{1}", "f'x'", "f[[x]]", "a.b:c'x'.d[1]()", "x = -2 ^ 2", "x = not not nil", "x = #'a' + ~1", "x = {1, 2; 3, a = 4, [5] = 6,}", "x = function(...) return ... end", "x = 1 .. 2", "x = a or b and c", "a, b.c, d[1] = 1", "local x <const> = 1; return x", "return ...", "break_ = 1", "goto_ = 2", "x = 0x.1p4", "x = 1e+5", "x = '\\z   \\x41\\u{48}\\065'", "x = [==[ ]] ]==]", "--[[ comment ]] x = 1 -- end", "#!shebang is only for files" == nil and "" or "x = 1" }
for i, source in ipairs(good) do local f, message = load(source, "=g"); if not f then print(i, source, message) end end
print(#good) --> 39
print(load("x =", "=b")) --> nil	b:1: unexpected symbol near <eof>
print(load("x = = 1", "=b")) --> nil	b:1: unexpected symbol near '='
print(load("if x then", "=b")) --> nil	b:1: 'end' expected near <eof>
print(load("for i do end", "=b")) --> nil	b:1: '=' or 'in' expected near 'do'
print(load("for i = 1 do end", "=b")) --> nil	b:1: ',' expected near 'do'
print(load("return return", "=b")) --> nil	b:1: unexpected symbol near 'return'
print(load("break", "=b")) --> nil	b:1: break outside loop at line 1
print(load("goto nowhere", "=b")) --> nil	b:1: no visible label 'nowhere' for <goto> at line 1
print(load("::a:: ::a::", "=b")) --> nil	b:1: label 'a' already defined on line 1
print(load("local 1 = 2", "=b")) --> nil	b:1: <name> expected near '1'
print(load("x = }", "=b")) --> nil	b:1: unexpected symbol near '}'
print(load("x = 'unfinished", "=b")) --> nil	b:1: unfinished string near <eof>
print(load("x = [[unfinished", "=b")) --> nil	b:1: unfinished long string (starting at line 1) near <eof>
print(load("x = '\\q'", "=b")) --> nil	b:1: invalid escape sequence near ''\q'
print(load("x = '\\300'", "=b")) --> nil	b:1: decimal escape too large near ''\300''
print(load("x = '\\u{80000000}'", "=b")) --> nil	b:1: UTF-8 value too large near ''\u{80000000'
print(load("x = 3x", "=b")) --> nil	b:1: malformed number near '3x'
print(load("x = 0x", "=b")) --> nil	b:1: malformed number near '0x'
print(load("x = 1..2", "=b")) --> nil	b:1: malformed number near '1..2'
print(load("f(", "=b")) --> nil	b:1: unexpected symbol near <eof>
print(load("a.1 = 2", "=b")) --> nil	b:1: syntax error near '.1'
print(load("function f(a,) end", "=b")) --> nil	b:1: <name> or '...' expected near ')'
print(load("function f(..., a) end", "=b")) --> nil	b:1: ')' expected near ','
print(load("local function f.a() end", "=b")) --> nil	b:1: '(' expected near '.'
print(load("x = function() return ... end", "=b")) --> nil	b:1: cannot use '...' outside a vararg function near '...'
print(load("(f)", "=b")) --> nil	b:1: syntax error near <eof>
print(load("f() + 1", "=b")) --> nil	b:1: unexpected symbol near '+'
print(load("until", "=b")) --> nil	b:1: <eof> expected near 'until'
print(load("do goto l; local x; ::l:: print(x) end", "=b")) --> nil	b:1: <goto l> at line 1 jumps into the scope of local 'x'
print(load("x = a b", "=b")) --> nil	b:1: syntax error near <eof>
print(load("@", "=b")) --> nil	b:1: unexpected symbol near '@'
print(load("x = \"a\nb\"", "=b")) --> nil	b:1: unfinished string near '"a'
print(load("--[[ unfinished", "=b")) --> nil	b:1: unfinished long comment (starting at line 1) near <eof>
