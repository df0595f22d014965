local name = os.tmpname()
local f = assert(io.open(name, "w"))
print(io.type(f), f:write("line 1\n", 2, "\n", 3.5, "\nlast") == f) --> file	true
print(f:seek("cur"), f:seek("set", 0), f:seek("end")) --> 17	0	17
print(f:close(), io.type(f), pcall(f.write, f, "x")) --> true	closed file	false	attempt to use a closed file
f = io.open(name)
print(f:read(), f:read("n"), f:read("n"), f:read("l"), f:read("L"), f:read("l")) --> line 1	2	3.5		last	nil
print(f:seek("set"), f:read(4), f:read(0), f:read("a") == " 1\n2\n3.5\nlast", f:read("a"), f:read(0), f:read("l")) --> 0	line		true		nil	nil
f:close()
local lines = {}
for l in io.lines(name) do lines[#lines + 1] = l end
print(#lines, table.concat(lines, "|")) --> 4	line 1|2|3.5|last
for a, b in io.lines(name, 1, "l") do lines = a .. "/" .. b break end
print(lines) --> l/ine 1
print(io.open(name, "a"):write("+"):close(), #io.open(name):read("a")) --> true	18
local g <close> = io.open(name, "r+")
g:write("LINE"); g:seek("set", 0)
print(#g:read("L")) --> 7
print(pcall(g.read, g, "x")) --> false	bad argument #2 to '?' (invalid format)
print(tostring(g):match("^file %(0x") ~= nil, g:setvbuf("full", 1024)) --> true	true
print(os.rename(name, name .. ".x"), os.remove(name .. ".x"), select(2, os.remove(name .. ".x")) == name .. ".x: No such file or directory") --> true	true	true
print(pcall(io.close, 1)) --> false	bad argument #1 to 'io.close' (FILE* expected, got number)
print(io.open("/", "w")) --> nil	/: Is a directory	21
