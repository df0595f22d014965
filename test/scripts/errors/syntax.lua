print(load("x =")) --> nil	[string "x ="]:1: unexpected symbol near <eof>
print(load("x = = 1")) --> nil	[string "x = = 1"]:1: unexpected symbol near '='
print(load("for i = 1 do end")) --> nil	[string "for i = 1 do end"]:1: ',' expected near 'do'
print(load("for 1 = 1, 2 do end")) --> nil	[string "for 1 = 1, 2 do end"]:1: <name> expected near '1'
print(load("if x then")) --> nil	[string "if x then"]:1: 'end' expected near <eof>
print(load("function f( return end")) --> nil	[string "function f( return end"]:1: <name> or '...' expected near 'return'
print(load("return return")) --> nil	[string "return return"]:1: unexpected symbol near 'return'
print(load("local function end")) --> nil	[string "local function end"]:1: <name> expected near 'end'
print(load("x = }")) --> nil	[string "x = }"]:1: unexpected symbol near '}'
print(load("a.b:c = 1")) --> nil	[string "a.b:c = 1"]:1: function arguments expected near '='
print(load("f() = 1")) --> nil	[string "f() = 1"]:1: syntax error near '='
print(load("x")) --> nil	[string "x"]:1: syntax error near <eof>
print(load("x y")) --> nil	[string "x y"]:1: syntax error near 'y'
print(load("'abc")) --> nil	[string "'abc"]:1: unfinished string near <eof>
print(load("x = 0x")) --> nil	[string "x = 0x"]:1: malformed number near '0x'
print(load("x = 1e")) --> nil	[string "x = 1e"]:1: malformed number near '1e'
print(load("x = 3x")) --> nil	[string "x = 3x"]:1: malformed number near '3x'
print(load("--[[ never closed")) --> nil	[string "--[[ never closed"]:1: unfinished long comment (starting at line 1) near <eof>
print(load("x = 'a\nb'")) --> nil	[string "x = 'a..."]:1: unfinished string near ''a'
print(load("local t = {1, 2")) --> nil	[string "local t = {1, 2"]:1: '}' expected near <eof>
print(load("if x then else elseif y then end")) --> nil	[string "if x then else elseif y then end"]:1: 'end' expected near 'elseif'
print(load("return 1,")) --> nil	[string "return 1,"]:1: unexpected symbol near <eof>
print(load("goto")) --> nil	[string "goto"]:1: <name> expected near <eof>
print(load("local x <const>; x = 1")) --> nil	[string "local x <const>; x = 1"]:1: attempt to assign to const variable 'x'
print(load("x = @")) --> nil	[string "x = @"]:1: unexpected symbol near '@'
print(load("x = \1")) --> nil	[string "x = "]:1: unexpected symbol near '<\1>'
print(load("x = 'é' é")) --> nil	[string "x = 'é' é"]:1: unexpected symbol near '<\195>'
print(load("for a, b in pairs do")) --> nil	[string "for a, b in pairs do"]:1: 'end' expected near <eof>
print(load("do\n\n\nlocal x = (1")) --> nil	[string "do..."]:4: ')' expected near <eof>
print(load("return function() return ... end")) --> nil	[string "return function() return ... end"]:1: cannot use '...' outside a vararg function near '...'
print(load("x", "=name")) --> nil	name:1: syntax error near <eof>
print(load("x", "@file.lua")) --> nil	file.lua:1: syntax error near <eof>
print(load("x", "some\nlines")) --> nil	[string "some..."]:1: syntax error near <eof>
print(load("x", ("long"):rep(30))) --> nil	[string "longlonglonglonglonglonglonglonglonglonglongl..."]:1: syntax error near <eof>
print(load("break")) --> nil	[string "break"]:1: break outside loop at line 1
print(load("local a <close> = nil; a = 1")) --> nil	[string "local a <close> = nil; a = 1"]:1: attempt to assign to const variable 'a'
