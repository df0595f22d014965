print(0xF0 & 0x3C, 0xF0 | 0x0F, 0xF0 ~ 0xFF, ~0) --> 48	255	15	-1
print(~5, ~~5, ~math.maxinteger == math.mininteger) --> -6	5	true
print(1 << 4, 256 >> 4, 1 << 31, 1 << 32) --> 16	16	2147483648	4294967296
print(3.0 & 1, 2^31 | 0, "x" and 7.0 ~ 2) --> 1	2147483648	5
print(-1 & 0xffffffff, -1 ~ 0xff) --> 4294967295	-256
print(5 << -1, 5 >> -1) --> 2	10
print(pcall(function() return 1.5 & 1 end)) --> false	integer/bitwise.lua:7: number has no integer representation
print(pcall(function() return 2^63 | 0 end)) --> false	integer/bitwise.lua:8: number has no integer representation
print(pcall(function() return "3" & 1 end)) --> false	integer/bitwise.lua:9: attempt to perform bitwise operation on a string value (constant '3')
print(pcall(function() return {} ~ 1 end)) --> false	integer/bitwise.lua:10: attempt to perform bitwise operation on a table value
print(pcall(function() local s = "a" return s << 1 end)) --> false	integer/bitwise.lua:11: attempt to perform bitwise operation on a string value (local 's')
print(0xdeadbeefcafebabe >> 32, 0xdeadbeefcafebabe & 0xffffffff) --> 3735928559	3405691582
print(0xdeadbeefcafebabe ~ 0x123456789abcdef0) --> -3703673481951288242
