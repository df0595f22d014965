local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
print(hex(string.pack("<i4", 100)), hex(string.pack(">i4", 100)), hex(string.pack("b", -1))) --> 64000000	00000064	ff
print(hex(string.pack("<I2", 65535)), hex(string.pack("<i8", -2)), hex(string.pack(">i3", -2))) --> ffff	feffffffffffffff	fffffe
print(hex(string.pack("z", "hi")), hex(string.pack("s1", "hi")), hex(string.pack("<s4", "hi"))) --> 686900	026869	020000006869
print(hex(string.pack("<d", 1.5)), hex(string.pack("<f", 0.1)), hex(string.pack("<n", -0.0))) --> 000000000000f83f	cdcccc3d	0000000000000080
print(hex(string.pack("<i1 !4 i4", 1, 2)), hex(string.pack("<bxb", 1, 2)), hex(string.pack("c5", "ab"))) --> 0100000002000000	010002	6162000000
print(string.packsize("i4i8"), string.packsize("<!8 b i8"), string.packsize("c10")) --> 12	16	10
print(string.unpack("<i4", "\100\0\0\0"), string.unpack("z", "hi\0rest"), string.unpack("s1", "\2hi")) --> 100	hi	hi	4
print(string.unpack("<I2I2", "\1\0\2\0"), string.unpack("<d", string.pack("<d", 2.25))) --> 1	2.25	9
print(string.unpack("b", "\255"), string.unpack("B", "\255"), string.unpack("<i2", "xx\1\0", 3)) --> -1	255	1	5
print(pcall(string.pack, "i1", 200)) --> false	bad argument #2 to 'string.pack' (integer overflow)
print(pcall(string.pack, "I1", -1)) --> false	bad argument #2 to 'string.pack' (unsigned overflow)
print(pcall(string.pack, "i17", 1)) --> false	integral size (17) out of limits [1,16]
print(pcall(string.pack, "z", "a\0b")) --> false	bad argument #2 to 'string.pack' (string contains zeros)
print(pcall(string.pack, "y", 1)) --> false	invalid format option 'y'
print(pcall(string.unpack, "i4", "abc")) --> false	bad argument #2 to 'string.unpack' (data string too short)
print(pcall(string.unpack, "z", "abc")) --> false	bad argument #2 to 'string.unpack' (unfinished string for format 'z')
print(pcall(string.packsize, "s")) --> false	bad argument #1 to 'string.packsize' (variable-length format)
print(pcall(string.unpack, "<i16", ("\255"):rep(15) .. "\1")) --> false	16-byte integer does not fit into Lua Integer
