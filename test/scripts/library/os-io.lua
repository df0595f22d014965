print(type(os.time()), type(os.clock()), os.getenv("SURELY_NOT_SET_12345")) --> number	number	nil
print(os.time({ year = 2020, month = 1, day = 1, hour = 12 }) - os.time({ year = 2019, month = 12, day = 31, hour = 12 })) --> 86400
print(os.date("!%Y-%m-%d %H:%M:%S", 0), os.date("!%j %w %p", 86400)) --> 1970-01-01 00:00:00	002 5 AM
print(os.date("!*t", 0).year, os.date("!*t", 3600).hour, os.date("!*t", 0).isdst, os.date("!*t", 0).yday) --> 1970	1	false	1
local t = os.date("*t", os.time({ year = 2021, month = 14, day = -3, hour = 0 }))
print(t.year, t.month, t.day) --> 2022	1	28
print(os.difftime(10, 5), pcall(os.time, { year = 2020, month = 1 })) --> 5.0	false	field 'day' missing in date table
print(type(io.write), io.type(io.stdout), io.type({}), io.type(42)) --> function	file	nil	nil
print(pcall(io.lines, "/nonexistent/file")) --> false	cannot open file '/nonexistent/file' (No such file or directory)
print(io.open("/nonexistent/file")) --> nil	/nonexistent/file: No such file or directory	2
print(pcall(os.date, "%Q")) --> false	bad argument #1 to 'os.date' (invalid conversion specifier '%Q')
print(pcall(io.open, "x", "bad mode")) --> false	bad argument #2 to 'io.open' (invalid mode)
print((os.tmpname()):match("^/tmp/") ~= nil, os.setlocale("C"), os.setlocale(nil, "all"), os.setlocale("nope")) --> true	C	C	nil
