-- Manual 6.4.2: formats of pack, packsize and unpack.
local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
print(hex(string.pack("<i4", 1)), hex(string.pack(">i4", 1)), hex(string.pack("<i2", -2)), hex(string.pack("b", -1)), hex(string.pack("B", 255))) --> 01000000	00000001	feff	ff	ff
print(hex(string.pack("<h", 258)), hex(string.pack("<j", -1)), hex(string.pack("<i3", -5)), hex(string.pack("<i16", -5))) --> 0201	ffffffffffffffff	fbffff	fbffffffffffffffffffffffffffffff
print(hex(string.pack("<f", 1.5)), hex(string.pack(">d", -2.25)), hex(string.pack("<n", 0.1))) --> 0000c03f	c002000000000000	9a9999999999b93f
print(hex(string.pack("z", "hi")), hex(string.pack("s1", "hi")), hex(string.pack("<s2", "hi")), hex(string.pack("c5", "hi")), pcall(string.pack, "c1", "hi")) --> 686900	026869	02006869	6869000000	false	bad argument #2 to 'string.pack' (string longer than given size)
print(hex(string.pack("<!4 b i4", 1, 2)), hex(string.pack("<b x b", 1, 2)), hex(string.pack("<!4 b Xi4 b", 1, 2)), hex(string.pack("<!2 b i4", 1, 2))) --> 0100000002000000	010002	0100000002	010002000000
print(string.unpack("<i4", "\1\0\0\0"), string.unpack(">i4", "\0\0\0\1")) --> 1	1	5
print(string.unpack("<i2 i2", "\1\0\2\0")) --> 1	2	5
print(string.unpack("z", "abc\0def"), string.unpack("s1", "\3abcd")) --> abc	abc	5
print(string.unpack("<i4", "\0\0\1\0\0\0", 3)) --> 1	7
print(string.unpack("<i16", string.pack("<i16", math.mininteger))) --> -9223372036854775808	17
print(string.unpack("<d", string.pack("<d", 1/3)) == 1/3, (string.unpack("<f", string.pack("<f", 0.1)))) --> true	0.10000000149012
print(string.packsize("i4 i8"), string.packsize("!8 b d"), string.packsize("<i3 c10 x"), pcall(string.packsize, "s")) --> 12	16	14	false	bad argument #1 to 'string.packsize' (variable-length format)
print(pcall(string.packsize, "z")) --> false	bad argument #1 to 'string.packsize' (variable-length format)
print(pcall(string.pack, "i1", 200)) --> false	bad argument #2 to 'string.pack' (integer overflow)
print(pcall(string.pack, "B", -1)) --> false	bad argument #2 to 'string.pack' (unsigned overflow)
print(pcall(string.pack, "i17", 1)) --> false	integral size (17) out of limits [1,16]
print(pcall(string.pack, "i0", 1)) --> false	integral size (0) out of limits [1,16]
print(pcall(string.pack, "q", 1)) --> false	invalid format option 'q'
print(pcall(string.pack, "z", "a\0b")) --> false	bad argument #2 to 'string.pack' (string contains zeros)
print(pcall(string.pack, "!3 i4", 1)) --> false	bad argument #1 to 'string.pack' (format asks for alignment not power of 2)
print(pcall(string.pack, "Xz")) --> false	bad argument #1 to 'string.pack' (invalid next option for option 'X')
print(pcall(string.unpack, "<i4", "abc")) --> false	bad argument #2 to 'string.unpack' (data string too short)
print(pcall(string.unpack, "<i9", ("\255"):rep(8) .. "\1")) --> false	9-byte integer does not fit into Lua Integer
print(pcall(string.unpack, "z", "abc")) --> false	bad argument #2 to 'string.unpack' (unfinished string for format 'z')
print(pcall(string.unpack, "s1", "\5ab")) --> false	bad argument #2 to 'string.unpack' (data string too short)
print(pcall(string.unpack, "b", "x", 5)) --> false	bad argument #3 to 'string.unpack' (initial position out of string)
print(pcall(string.unpack, "c20", "x")) --> false	bad argument #2 to 'string.unpack' (data string too short)
