// Lua programs that make the compiler use every instruction between them, and every way code can be laid out.

/** Name → source. The listings of some are in golden/. */
export const PROGRAMS: Readonly<Record<string, string>> = {
  arithmetic: `
local a, b = 1, 2.5
local t = a + b; t = a - b; t = a * b; t = a / b; t = a % b; t = a // b; t = a ^ b
t = a & b; t = a | b; t = a ~ b; t = a << b; t = a >> b
t = a + 1; t = 1 + a; t = a - 1; t = 1 - a; t = a - 1000; t = a * 3; t = 3 * a; t = a / 2; t = a % 7; t = a // 7; t = a ^ 2
t = a & 0xff; t = 0xff | a; t = a ~ 1; t = a << 3; t = 3 << a; t = a >> 3; t = a << -5; t = a & 1.0
t = -a; t = ~a; t = not a; t = #a; t = a .. b .. t .. "x"
t = a + 1.5; t = a * 9007199254740993; t = a - -128; t = a + 127; t = a + 128
return t`,
  comparisons: `
local a, b = ...
if a == b then return 1 elseif a ~= b then return 2 elseif a < b then return 3 elseif a >= b then return 4 end
if a == 1 then return 1 elseif a == 1.0 then return 2 elseif a == "s" then return 3 elseif a == nil then return 4
elseif a == true then return 5 elseif a == 1e10 then return 6 end
if a < 1 then return 1 elseif a <= 2.0 then return 2 elseif a > 3 then return 3 elseif -4 >= a then return 4 elseif 5 < a then return 5 elseif a >= 6 then return 6 end
local x = a and b or not a and (b == 1) or a > b
local y = a == b
return not (x and y), a or b, (a and 1) or 2`,
  tables: `
local key = "k"
local t = { 1, 2, 3, x = 1, ["y z"] = 2.0, [10] = "ten", [key] = nil, f = function (self) return self end, "last" }
local u = { ... }
local v = { 1, t, (...) , ... }
local w = { nil, nil, nil, { {}, { a = { b = {} } } } }
t.x = t.y; t[1] = t[2]; t[key] = t[t.x]; t[255] = 1; t[256] = 2; t[-1] = true; t["a b"] = false; t.n = nil
t.a.b.c.d = t.a[1][key].z
x, y.z = t:f(1), t.a:f(...)
return #t, t`,
  functions: `
local function fact(n) if n <= 1 then return 1 end return n * fact(n - 1) end
local function va(a, ...) local b, c = ..., (...) return select("#", ...), b, c, ... end
local up1, up2 = 1
function glob() up1 = (up2 or 0) + 1; return function () up2 = up1; return glob, up1 end end
local function tail(...) return va(fact(5), ...) end
local function method() return ("x"):rep(3):upper() end
local function none() end
local function closes() local x; do local y <close> = nil; x = function () return y, x end end return x() end
return fact(va(tail(none()))), method(), closes`,
  loops: `
local sum = 0
for i = 1, 10 do sum = sum + i end
for i = 10, 1, -1 do local x = i; sum = sum + (function () return x end)() end
for i = 1.0, 2, 0.25 do for j = i, 3 do if j > 2 then break end sum = sum * j end end
for k, v in pairs({}) do sum = sum + v; if k == 3 then goto continue end local f = function () return k end sum = f ::continue:: end
for a, b, c, d in next, {} do print(a, b, c, d) end
while sum do if sum == 1 then break end sum = nil end
repeat local z = sum; local g = function () return z end until g() or z
do local i = 0 ::top:: i = i + 1; local c = function () return i end if i < 3 then goto top end end
for i = 1, 3 do while true do local q = function () return i end if q() then goto out end end end ::out::
return sum`,
  closing: `
local function res(name) return setmetatable({}, { __close = function () print(name) end }) end
local a <close> = res("a")
local k <const> = 10
do local b <close>, n = res("b"); print(k, n) end
for i = 1, 2 do local c <close> = res("c"); if i == 2 then break end end
for x in next, {}, nil, a do print(x) end
local function early() local d <close> = res("d"); if a then return d end return (early()) end
while a do local e <close> = res("e"); goto done end
::done::
return early()`,
  constants: `
return nil, true, false, 0, -1, 65535, 65536, -65536, 1.0, -1.0, 0.5, 1e100, 0x7fffffffffffffff, 0x8000000000000000,
  9007199254740991, 9007199254740992, -9007199254740992, 2^53, 1/0, -1/0, "", "short", "a string that is longer than forty characters, so long",
  "esc\\a\\b\\f\\n\\r\\t\\v\\"\\\\\\0\\1\\127\\200", 1e15, 123456789.125, 5e-324, 0.1, 3.0e5`,
  manyConstants: `local t = {}\n${Array.from({ length: 300 }, (_, i) => `t.field${i} = ${i}.5; t["k" .. ${i}] = "v${i}"; print(t.field${i} + ${i}.25, t:m${i}())`).join("\n")}`,
  bigTable: `return {\n${Array.from({ length: 600 }, (_, i) => (i % 7 === 0 ? `x${i} = "${i}"` : `${i} * 2`)).join(", ")}, ... }`,
  manyLocals: `${Array.from({ length: 190 }, (_, i) => `local v${i} = ${i === 0 ? "..." : `v${i - 1}`}`).join("; ")} return function () return v0, v100, v189 end`,
  longJumps: `local a = ...\nwhile a do\n${"  a = a + 1 if a == 5 then break end\n".repeat(120)}end\n${"\n".repeat(300)}return a`,
  nested: `return function (a) return function (b) return function (c) return function () return a, b, c, d end end end end`,
  empty: "",
};
