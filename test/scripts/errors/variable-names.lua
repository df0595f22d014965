local t, n = {}, nil
print(pcall(function() return t.x.y end)) --> false	errors/variable-names.lua:2: attempt to index a nil value (field 'x')
print(pcall(function() return n.y end)) --> false	errors/variable-names.lua:3: attempt to index a nil value (upvalue 'n')
print(pcall(function() local l; return l.y end)) --> false	errors/variable-names.lua:4: attempt to index a nil value (local 'l')
print(pcall(function() return undefinedglobal.y end)) --> false	errors/variable-names.lua:5: attempt to index a nil value (global 'undefinedglobal')
print(pcall(function() t.a.b = 1 end)) --> false	errors/variable-names.lua:6: attempt to index a nil value (field 'a')
print(pcall(function() t[1][2] = 3 end)) --> false	errors/variable-names.lua:7: attempt to index a nil value (field 'integer index')
print(pcall(function() local k = "key"; return t[k].z end)) --> false	errors/variable-names.lua:8: attempt to index a nil value (field '?')
print(pcall(function() return t:nomethod() end)) --> false	errors/variable-names.lua:9: attempt to call a nil value (method 'nomethod')
print(pcall(function() undefinedfunction() end)) --> false	errors/variable-names.lua:10: attempt to call a nil value (global 'undefinedfunction')
print(pcall(function() t.field() end)) --> false	errors/variable-names.lua:11: attempt to call a nil value (field 'field')
print(pcall(function() local l = 5; l() end)) --> false	errors/variable-names.lua:12: attempt to call a number value (local 'l')
print(pcall(function() n() end)) --> false	errors/variable-names.lua:13: attempt to call a nil value (upvalue 'n')
print(pcall(function() return ("x")() end)) --> false	errors/variable-names.lua:14: attempt to call a string value (constant 'x')
print(pcall(function() return (1 + t) end)) --> false	errors/variable-names.lua:15: attempt to perform arithmetic on a table value (upvalue 't')
print(pcall(function() return t.x + 1 end)) --> false	errors/variable-names.lua:16: attempt to perform arithmetic on a nil value (field 'x')
print(pcall(function() return n + 1 end)) --> false	errors/variable-names.lua:17: attempt to perform arithmetic on a nil value (upvalue 'n')
print(pcall(function() local a = "x"; return a + 1 end)) --> false	errors/variable-names.lua:18: attempt to add a 'string' with a 'number'
print(pcall(function() return -t end)) --> false	errors/variable-names.lua:19: attempt to perform arithmetic on a table value (upvalue 't')
print(pcall(function() return -t.x end)) --> false	errors/variable-names.lua:20: attempt to perform arithmetic on a nil value (field 'x')
print(pcall(function() return #n end)) --> false	errors/variable-names.lua:21: attempt to get length of a nil value (upvalue 'n')
print(pcall(function() return #undefinedglobal end)) --> false	errors/variable-names.lua:22: attempt to get length of a nil value (global 'undefinedglobal')
print(pcall(function() return t .. "x" end)) --> false	errors/variable-names.lua:23: attempt to concatenate a table value (upvalue 't')
print(pcall(function() return "x" .. t.y end)) --> false	errors/variable-names.lua:24: attempt to concatenate a nil value (field 'y')
print(pcall(function() return 1 < t end)) --> false	errors/variable-names.lua:25: attempt to compare number with table
print(pcall(function() return t < t end)) --> false	errors/variable-names.lua:26: attempt to compare two table values
print(pcall(function() return n < 1 end)) --> false	errors/variable-names.lua:27: attempt to compare nil with number
print(pcall(function() return t & 1 end)) --> false	errors/variable-names.lua:28: attempt to perform bitwise operation on a table value (upvalue 't')
print(pcall(function() return 1.5 | 1 end)) --> false	errors/variable-names.lua:29: number has no integer representation
print(pcall(function() local f = 2.5; return f | 1 end)) --> false	errors/variable-names.lua:30: number (local 'f') has no integer representation
print(pcall(function() return ~t.x end)) --> false	errors/variable-names.lua:31: attempt to perform bitwise operation on a nil value (field 'x')
print(pcall(function() return math.nofunction() end)) --> false	errors/variable-names.lua:32: attempt to call a nil value (field 'nofunction')
print(pcall(function() return string.rep().x end)) --> false	errors/variable-names.lua:33: bad argument #1 to 'rep' (string expected, got no value)
print(pcall(function() for i = 1, n do end end)) --> false	errors/variable-names.lua:34: bad 'for' limit (number expected, got nil)
print(pcall(function() for _ in n do end end)) --> false	errors/variable-names.lua:35: attempt to call a nil value (for iterator 'for iterator')
print(pcall(function() for _ in 5 do end end)) --> false	errors/variable-names.lua:36: attempt to call a number value (for iterator 'for iterator')
print(pcall(function() return 2^53 | 2^70 end)) --> false	errors/variable-names.lua:37: number has no integer representation
print(pcall(function() t.x.y.z = 1 end)) --> false	errors/variable-names.lua:38: attempt to index a nil value (field 'x')
print(pcall(function() return (t.a or n).b end)) --> false	errors/variable-names.lua:39: attempt to index a nil value
print(pcall(function() local a <const> = nil; return a.x end)) --> false	errors/variable-names.lua:40: attempt to index a nil value
