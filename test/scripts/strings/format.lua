print(string.format("%d %5d %-5d| %05d %+d", 42, 42, 42, 42, 42)) --> 42    42 42   | 00042 +42
print(string.format("%x %X %#x %o", 255, 255, 255, 8)) --> ff FF 0xff 10
print(string.format("%x", -1), string.format("%d", -0)) --> ffffffffffffffff	0
print(string.format("%c%c%c", 76, 117, 97)) --> Lua
print(string.format("%s %10s|%-10s|%.2s", "a", "b", "c", "defg")) --> a          b|c         |de
print(string.format("%s %s %s", nil, true, 1.5)) --> nil true 1.5
print(string.format("%q", 'a "quoted" \\ string'), string.format("%q", 1 / 3)) --> "a \"quoted\" \\ string"	0x1.5555555555555p-2
print(string.format("%q %q %q", 10, math.mininteger, true)) --> 10 0x8000000000000000 true
print(string.format("%q", "a\0b\r\1272") == '"a\\0b\\13\\1272"') --> true
print(string.format("%i", 3), pcall(string.format, "%u", 4)) --> 3	true	4
print(string.format("%%"), string.format("100%%")) --> %	100%
print(string.format("%d", 3.0), pcall(string.format, "%d", 3.5)) --> 3	false	bad argument #2 to 'string.format' (number has no integer representation)
print(pcall(string.format, "%d", "x")) --> false	bad argument #2 to 'string.format' (number expected, got string)
print(pcall(string.format, "%z", 1)) --> false	invalid conversion '%z' to 'format'
print(pcall(string.format, "%d")) --> false	bad argument #2 to 'string.format' (no value)
print(pcall(string.format, "%", 1)) --> false	invalid conversion '%' to 'format'
print(pcall(string.format, "%0123d", 1)) --> false	invalid conversion specification: '%0123d'
print(pcall(string.format, "%.123f", 1)) --> false	invalid conversion specification: '%.123f'
print(pcall(string.format, "%q", {})) --> false	bad argument #2 to 'string.format' (value has no literal form)
print(string.format("%e %.2e %E", 12345.678, 12345.678, 0.00012)) --> 1.234568e+04 1.23e+04 1.200000E-04
print(string.format("%5s|%5.1s|", setmetatable({}, { __tostring = function() return "obj" end }), "xyz")) -->   obj|    x|
print(pcall(string.format, "%s", setmetatable({}, { __tostring = function() return 1 end }))) --> true	1
print(string.format("%-5d|%5.2f|% d", 7, 3.14159, 7)) --> 7    | 3.14| 7
