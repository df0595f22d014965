-- Manual 3.3.1 and 3.3.2: empty statements, blocks, chunks as vararg functions with upvalue _ENV.
;;;
do end
do
  local a = 1
  do local a = 2; print(a) end --> 2
  print(a) --> 1
end
local f = load("local a, b = ...; return b, a, select('#', ...)")
print(f(1, 2), select("#", f())) --> 2	3
print(load("return")(), (load("")())) --> nil	nil
print(load("# first line", "=c")) --> nil	c:1: unexpected symbol near '#'
print(load("return 1;")(), load("return 1;;", "=c")) --> 1	nil	c:1: <eof> expected near ';'
print(load("local a = f\n(g or h)()", "=c") ~= nil) --> true
print(load(string.dump(load("return 5")))()) --> 5
print(load("return 1", "=c", "b")) --> nil	attempt to load a text chunk (mode is 'b')
