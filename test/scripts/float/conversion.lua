print(tonumber("1e1"), tonumber("0x1p4"), tonumber(".5"), tonumber("5.")) --> 10.0	16.0	0.5	5.0
print(tonumber("  12  "), tonumber("12a"), tonumber(""), tonumber(" ")) --> 12	nil	nil	nil
print(tonumber("0x"), tonumber("0x10"), tonumber("-0x10"), tonumber("- 1")) --> nil	16	-16	nil
print(tonumber("1e"), tonumber("1e+"), tonumber("1.2.3"), tonumber("--1")) --> nil	nil	nil	nil
print(tonumber("inf"), tonumber("nan"), tonumber("0x1.8"), tonumber("0xA.8p1")) --> nil	nil	1.5	21.0
print(tonumber("9223372036854775807"), tonumber("9223372036854775808")) --> 9223372036854775807	9.2233720368548e+18
print(tonumber("0xffffffffffffffffff"), tonumber("1" .. ("0"):rep(30))) --> -1	1e+30
print(tonumber("10", 2), tonumber("ff", 16), tonumber("zz", 36), tonumber("8", 8)) --> 2	255	1295	nil
print(tonumber("-ff", 16), tonumber(" 11 ", 2), tonumber("1.0", 10)) --> -255	3	nil
print(tonumber("7fffffffffffffff", 16), tonumber("ffffffffffffffff", 16)) --> 9223372036854775807	-1
print(tonumber(nil), tonumber({}), tonumber(true)) --> nil	nil	nil
print(tonumber("1\0"), tonumber("1 2"), tonumber("\t1\n")) --> nil	nil	1
print(math.floor(3.7), math.ceil(3.2), math.floor(-3.7), math.ceil(-3.2)) --> 3	4	-4	-3
print(math.floor(1e100), math.floor(2^62), math.type(math.floor(2.0^70))) --> 1e+100	4611686018427387904	float
print(pcall(tonumber)) --> false	bad argument #1 to 'tonumber' (value expected)
print(pcall(tonumber, "1", 1)) --> false	bad argument #2 to 'tonumber' (base out of range)
print(pcall(tonumber, 1, 10)) --> false	bad argument #1 to 'tonumber' (string expected, got number)
