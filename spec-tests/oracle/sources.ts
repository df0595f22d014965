// Hand-made sources: what does not compile, and what is at the limits.

const repeat = (text: string, count: number, separator = ""): string => Array<string>(count).fill(text).join(separator);
const each = (count: number, make: (i: number) => string, separator = ""): string =>
  Array.from({ length: count }, (_, i) => make(i)).join(separator);

/** Short sources, most of them wrong in one place. */
export const SNIPPETS: readonly string[] = [
  "", "\0", "x", "x =", "= ", "x.y", "x:y", "f() = 1", "(f)() = 1", "(x) = 1", "a, f() = 1", "a, (b) = 1", "for", "for x",
  "for x y", "for 1", "for x =", "for x = 1", "for x = 1, ", "for x = 1, 2, 3, 4 do end", "for x, y = 1, 2 do end",
  "for x in do end", "goto", "goto x", "goto 1", "::x", "::x:: ::x::", "::x:: do ::x:: end", "do ::x:: end ::x::", "break",
  "while x do end break", "function f() break end", "goto x local a ::x:: print(a)", "goto x local a ::x::",
  "goto x local a ::x:: ;;; ::y::", "do goto x end local a ::x:: print()", "repeat goto x local a ::x:: until a",
  "repeat if y then goto x end local a ::x:: until a", "repeat local a goto x; ::x:: until a", "goto x; do ::x:: end",
  "function f() goto x end ::x::", "::x:: function f() goto x end", "local x <const>", "local x <const> = 1 x = 2",
  "local x <close> = 1 x = 2", "local x <foo>", "local x <", "local x <const", "local a <close>, b <close> = 1",
  "local a <const> = 1; function a() end", "local a <const> = 1; function a.b() end",
  "local a <const> = 1; function f() a = 2 end", "local a <const> = f(); function f() a = 2 end",
  "local a <const>, b = 1; b = 2; a = 3", "local a <const>; x, a = 1", "return return", "return 1 2", "return 1; 2",
  "return;;", "return ...", "function f() return ... end", "x = function(...) return function() return ... end end", "x = }",
  "x = 'abc", "x = 'abc\ndef'", "x = 'a\\", "x = 'a\\\n", "x = [[abc", "x = [=[abc]]", "x = [=abc", "--[[ abc",
  "--[==[ abc\n\n", "x = 3x", "x = 0x", "x = 1e", "x = 0x1p", "x = 1..2", "x = 0x1.8p3q", "x = 3_", "x = '\\x'", "x = '\\xa'",
  "x = '\\xag'", "x = '\\u'", "x = '\\u{'", "x = '\\u{}'", "x = '\\u{12'", "x = '\\u{80000000}'", "x = '\\u{7fffffff}'",
  "x = '\\300'", "x = '\\256'", "x = '\\2555'", "x = '\\q'", "x = '\\", "x = '\\z", "x = '\\z  \n\n", "x = 'a\\z \n b\\x1",
  "x = 'ab\\0cd\\q'", "x = 'ab\0cd", "x = 'ab\0cd' 'x' y", "x = = 'ab\\0cd'", "x = = 'ab\\ncd'", "x = = [==[\r\nab\r\ncd]==]",
  "x = = \"a'b\"", "x = = 12.50", "x = = abc", "x = = nil", "x = = ...", "x = = \xff", "x = = \x01", "@", "x = $", "x = 1 $",
  "\\", "x = a\\b", "x = ?", "!", "x != y", "x = `", "f(", "f(1", "f(1,", "f(\n1\n", "f(\n1\n]", "{", "x = {1, 2",
  "x = {1\n2}", "x = {\n1,\n2", "x = {[1]}", "x = {[1] 2}", "x = {a=}", "x = {a b}", "x = {,}", "x = {1,,2}", "x = {a=1 b=2}",
  "x = {\na\n=\n@}", "x = {'a' = 1}", "a.1", "a.'b'", "a:b", "a:b = 1", "a:b.c()", "a[1", "a[", "a[]", "if", "if x",
  "if x the", "if x then", "if x then else", "if x then elseif", "if x then else else end", "if x then\n\nelse\n\n", "while",
  "while x", "while x do", "while x do\n\n", "do\n\n", "do", "repeat", "repeat\n\n", "repeat until", "function", "function f",
  "function f(", "function f(a", "function f(a,", "function f(a,)", "function f(...,a) end", "function f(1) end",
  "function f.1() end", "function f:g.h() end", "function f:g:h() end", "function (x) end", "local", "local 1", "local x,",
  "local x =", "local function", "local function f.x() end", "local function f() \n\n", "x = function", "x = function f() end",
  "end", "x = 1 end", "until", "else", "x = 1 else", "and", "x = and", "x = 1 and", "x = not", "x = -", "x = #", "x = 1 +",
  "x = ()", "x = (1", "x = (1\n2)", "()", "(x)", "(x).y", "1", "'x'", "'x'()", "{}", "{}()", "nil()", "x''", "x'a' = 1", "x{}",
  "x{}.y = 1", "x = y z", "x = y\nz", "f\n(1)", "goto continue; ::continue::", "goto = 1", "local goto", "local end", "a.end",
  "a.goto = 1", "x = a.b.c.d.e.", "x = ~", "x = ~~1", "x = 1 ~ 2 ~= 3", "x = 1 <", "x = 1 << 2 >> 3", "x = 1 >>> 2",
  "x =\t\v\f1", "x = 1 --", "--", "--[", "--[=", "--[=[", "-- [[", "x = 1 -- [[\n]]", "x = [", "x = [ [", "x = a[[x]]",
  "x = a[ [[x]] ]", "::a::;;::b::;::c:: goto a goto b goto c", "do local x <close> = nil; return f() end",
  "local x <close> = nil; return f()", "local x; return f(x)", "return (f())", "return (...)", "x = (f())", "x, y = (f())",
  "x, y = f()", "x, y = ...", "x = ...", "local a = ...", "local a, b = ...", "local a, b, c = 1, ...", "local a = 1, ...",
  "local a = f(), f()", "local a = f(), 2", "x = f(), 2", "x = 1, f()", "a.b, a = 1, 2", "local a; a.b, a = 1, 2",
  "local a, i; a[i], i, a = 1, 2, 3", "local a; function f() a.x, a = 1, 2 end", "local a; function f() a.x.y, a = 1, 2 end",
  "local a = nil; local b; local c = nil", "local a, b, c; local d", "local a = 1; do local b end; local c",
  "local _ENV <const> = 5; x = y; local function f() return z end",
  "local _ENV <const> = nil; x = y; while _ENV do end; if _ENV then x() end local z <const> = nil; while z do f(z) end repeat until z; local q <const> = false; while q do end while nil do end repeat until nil if nil then x() end",
  "local _ENV <const> = {}; x = y; local function f() z = 1; return function() return _ENV.x, q end end",
  "local a <const> = 1; local b <const> = a; local function f() local c <const> = b; return c + a, function() return c end end",
  "return 0.0, -0.0, 1 // 0, 1 % 0, 1 / 0, 0 / 0, 1.0 // 0, 2^53, 2^53 | 1, 1 << 63, 1 << 64, 1 >> -1, 3 | 1.5, 3 | 2.0, ~0.5, ~2.0, - -1, -0x8000000000000000",
  "return 9007199254740992.0, 9007199254740994, 9007199254740992, 2.220446049250313e-16, 0.5, 0.0 + 1e15, 1e15, 1000000000000000",
  "local a; return a == 1e10, 1e10 == a, a < 1e10, 1 < a, a < 1.0, 1.0 < a, 1e10 < a, 2 < 3, 128 < a, 129 < a, a >= -127, a > -128, a == \"x\", nil == a, a ~= true",
];

/** Sources around a limit of the language's implementation. */
export function limitSources(): string[] {
  const sources: string[] = [];
  for (const n of [190, 194, 195, 196, 197, 198, 199, 200, 201, 1000]) {
    sources.push(
      `return ${repeat("(", n)}1${repeat(")", n)}`, `x = ${repeat("{", n)}${repeat("}", n)}`, `${repeat("do ", n)}${repeat(" end", n)}`,
      `return ${repeat("-", n, " ")} x`, `return ${repeat("a", n, "..")}`, `return ${repeat("2", n, "^")}`,
      `${repeat("function f() ", n)}${repeat(" end", n)}`, `return ${repeat("function() return ", n)}${repeat(" end", n)}`,
      `${repeat("f(", n)}${repeat(")", n)}`, `return ${repeat("a[", n)}1${repeat("]", n)}`, `${repeat("if x then ", n)}${repeat(" end", n)}`,
      each(n, (i) => `::l${i}::`), `::a::${repeat(";", n)}`, `${repeat("a", n, ",")} = 1`, `${repeat("a.b", n, ",")} = 1`,
      `local ${each(n, (i) => `a${i}`, ",")}`, each(n, (i) => `local a${i} = 1 `, "\n"), `${each(n - 4, (i) => `local a${i}\n`)}for i=1,2 do end`,
      `${each(n - 4, (i) => `local a${i}\n`)}for i in x do end`, `function f(${each(n, (i) => `a${i}`, ",")}) end`,
      `\n\nfunction f:g(${each(n, (i) => `a${i}`, ",\n")}) end`, `${repeat("repeat ", n)}${repeat(" until x", n)}`,
    );
  }
  for (const n of [248, 249, 250, 251, 252, 253, 254, 255, 256, 257]) {
    const items = each(n, (i) => `x${i}`, ",\n");
    const locals = each(150, (i) => `local a${i}\n`);
    const inner = each(n - 150, (i) => `local b${i}\n`);
    sources.push(
      `f(${items})`, `f(${items} ]`, `f(${items},)`, `f(${items}, ...)`, `return ${items}`, `return ${each(n, String, ",")}`,
      `local a = ${items.replaceAll(",", " ..")} + + `, `local a = ${repeat("{", n)}${repeat("}", n)}`,
      `${locals}function f() ${inner} function g() return ${each(150, (i) => `a${i}+`)}${each(n - 150, (i) => `b${i}`, "+")} end end`,
      `${locals}function f() ${inner} local function g() ${each(150, (i) => `a${i}=1;`)}${each(n - 150, (i) => `b${i}=z;`)} = end end`,
      `${each(199, (i) => `local a${i}\n`)}f(${each(n - 199, (i) => `x${i}`, ",")})`,
      `local ${each(190, (i) => `a${i}`, ",")}\nreturn ${each(n - 190, (i) => `(x${i}+`)}1${repeat(")", n - 190)}`,
      `return {${each(n, (i) => `f(${i})`, ",")}, ...}`, `return {${each(n, String, ",")}, f()}`,
      `local ${each(190, (i) => `a${i}`, ",")}\nf(${each(n - 196, (i) => `x${i}`, ",")}, a:b())`,
      `${each(n, (i) => `x=${i}.5\n`)}local t t.a = t.b t['c'] = 1 t[1]=2 t.x, t.y = 1, nil a = a + 2.25 a = a == 'q' a = a == 1e10 a=t:foo() return t.zz`,
      `local _ENV = x;${each(n, (i) => `x=${i}.5\n`)}a=b; c=d; return e + 17000, f & 123456, g // 1.5, {a=1,[b]=2}, -h, 5 << i, 300 == j, j == true, k == nil`,
    );
  }
  for (const n of [131066, 131067]) {
    sources.push(`local a,b for i=1,2 do ${repeat("a=b;", n)}\n end ; x()`, `local a,b for i in x do ${repeat("a=b;", n)}\n end ; x()`);
  }
  sources.push(
    repeat("do local a end ", 32768), `${repeat("do local a end ", 32766)} for i=1,2 do end`,
    `do ${repeat("goto x ", 32768)} ::x:: end`, `while x do ${repeat("if y then break end ", 32768)} end`,
    `${each(32767, (i) => `::l${i}:: x=1 `)} while x do end`,
    `local t = {${each(132000, (i) => `${i}.5`, ",")}} x = 'abc' y = t.foo z = 1.25 return x == 3.75, x + 2.125`,
    `return ${repeat("a", 100000, "+")}`, `return a${repeat(".b", 100000)}`, `f${repeat("()", 100000)}`, `a${repeat(":b()", 100000)}`,
    `return ${repeat("a", 2000, " and ")}`, `if a then x=1 ${each(2000, (i) => `elseif b${i % 7} then x=${i % 9}\n`)} end`,
    `return ${repeat("(", 100000)}1${repeat(")", 100000)}`, `return ${repeat("{", 100000)}`, repeat("if a then else ", 100000),
    `${repeat("\n", 100000)}x = 1${repeat("\r", 300)} y = 2${repeat("\n\r", 1000)}z=f()`, `${repeat("x = 1;", 50000)}`,
  );
  return sources;
}
