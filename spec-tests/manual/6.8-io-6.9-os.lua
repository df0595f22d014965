-- Manual 6.8 and 6.9: what io and os say about their arguments, and time (files are tested elsewhere).
print(io.type(io.stdout), io.type(42), pcall(io.lines, "no/such/file")) --> file	nil	false	cannot open file 'no/such/file' (No such file or directory)
print(pcall(io.open, "x", "bad mode")) --> false	bad argument #2 to 'io.open' (invalid mode)
print((select(2, io.open("no/such/file")))) --> no/such/file: No such file or directory
print(os.time({ year = 2024, month = 1, day = 1, hour = 12 }) - os.time({ year = 2023, month = 12, day = 31, hour = 12 }), os.date("!%Y-%m-%d %H:%M:%S", 0), os.date("!%A %B %d %j %p %y %%", 86400)) --> 86400	1970-01-01 00:00:00	Friday January 02 002 AM 70 %
local d = os.date("!*t", 1e9)
print(d.year, d.month, d.day, d.hour, d.min, d.sec, d.wday, d.yday, d.isdst) --> 2001	9	9	1	46	40	1	252	false
print(pcall(os.date, "%Ez", 0)) --> false	bad argument #1 to 'os.date' (invalid conversion specifier '%Ez')
print(pcall(os.date, "%Q", 0)) --> false	bad argument #1 to 'os.date' (invalid conversion specifier '%Q')
print(pcall(os.time, { year = 2024 })) --> false	field 'month' missing in date table
print(pcall(os.time, { year = 2024, month = "x", day = 1 })) --> false	field 'month' is not an integer
print(pcall(os.time, { year = 2024, month = 1.5, day = 1 })) --> false	field 'month' is not an integer
local normal = { year = 2024, month = 14, day = -3, hour = 12 }
os.time(normal)
print(normal.year, normal.month, normal.day, os.difftime(10, 5), type(os.clock()), type(os.time()), os.getenv("NO_SUCH_VARIABLE")) --> 2025	1	28	5.0	number	number	nil
