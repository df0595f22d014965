// Programs that do little but integer arithmetic: hashes, generators, words of 32 and 64 bits, in loops and in functions.
import fc from "fast-check";

const NUMERALS = [
  "0", "1", "2", "-1", "3", "7", "31", "32", "63", "255", "65535", "65537", "0x7fffffff", "0x80000000", "0xffffffff", "0x100000000",
  "0x100000001b3", "9007199254740991", "-9007199254740991", "9007199254740992", "-9007199254740992", "6364136223846793005",
  "0x7fffffffffffffff", "-0x8000000000000000", "0xcbf29ce484222325", "math.mininteger", "math.maxinteger", "1.0", "2.5", "2^53", "\"7\"",
];
const VARIABLES = ["a", "b", "c", "d", "i", "u", "t[i & 3]", "t[1]"];
const SHARED = ["+", "-", "*", "&", "|", "~"];

const atom = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...VARIABLES) }, { weight: 2, arbitrary: fc.constantFrom(...NUMERALS.slice(0, 27)) },
  { weight: 1, arbitrary: fc.integer().map((n) => `(${n})`) });
const distance = fc.oneof(fc.integer({ min: -66, max: 66 }).map((n) => `(${n})`), fc.constantFrom("(a & 63)", "(i % 70)", "(b & 31)"));
const divisor = fc.constantFrom("2", "8", "65536", "0x100000000", "0x4000000000000000", "7", "1000003", "2147483647", "4294967296", "-3", "(a | 1)", "-0x8000000000000000", "(b & 15)");

const expression: fc.Arbitrary<string> = fc.letrec<{ e: string }>((tie) => ({
  e: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    atom,
    fc.tuple(tie("e"), fc.constantFrom(...SHARED), tie("e")).map(([x, op, y]) => `(${x} ${op} ${y})`),
    fc.tuple(tie("e"), fc.constantFrom("<<", ">>"), distance).map(([x, op, n]) => `(${x} ${op} ${n})`),
    fc.tuple(tie("e"), fc.constantFrom("%", "//"), divisor).map(([x, op, n]) => `(${x} ${op} ${n})`),
    fc.tuple(fc.constantFrom("-", "~"), tie("e")).map(([op, x]) => `(${op} ${x})`),
    tie("e").map((x) => `(${x} & 0xffffffff)`),
    fc.tuple(tie("e"), tie("e")).map(([x, y]) => `f(${x}, ${y})`),
    tie("e").map((x) => `math.ult(${x}, 0x8000000000000000) and 1 or 2`).map((x) => `(${x})`),
  ),
})).e;

const target = fc.constantFrom("a", "b", "c", "d", "u", "t[i & 3]", "t[2]");
const condition = fc.tuple(expression, fc.constantFrom("<", "<=", ">", ">=", "==", "~="), fc.oneof(expression, fc.constantFrom(...NUMERALS))).map(([x, op, y]) => `${x} ${op} ${y}`);

const statement: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(target, expression).map(([to, e]) => `${to} = ${e}`) },
  { weight: 2, arbitrary: fc.tuple(condition, target, expression).map(([c, to, e]) => `if ${c} then ${to} = ${e} end`) },
  { weight: 1, arbitrary: fc.tuple(condition, target, target, expression).map(([c, x, y, e]) => `if ${c} then ${x} = ${e} else ${y} = ${x} end`) },
  { weight: 1, arbitrary: fc.tuple(fc.integer({ min: 1, max: 9 }), target, expression).map(([n, to, e]) => `for j = 1, ${n} do ${to} = ${e} ~ j end`) },
  { weight: 1, arbitrary: fc.tuple(target, fc.constantFrom(...NUMERALS)).map(([to, n]) => `if i % 37 == 5 then ${to} = ${n} end`) },
  { weight: 1, arbitrary: fc.tuple(target, expression).map(([to, e]) => `u = ${to} ; g(${e})`) },
);

/** Runs of 150 to 600 rounds, with the state printed now and then and at the end. */
export const integerProgram: fc.Arbitrary<string> = fc
  .tuple(fc.array(fc.constantFrom(...NUMERALS.slice(0, 29)), { minLength: 6, maxLength: 6 }), expression, fc.array(statement, { minLength: 1, maxLength: 7 }), fc.integer({ min: 150, max: 600 }))
  .map(([start, inner, body, rounds]) => `
local u = ${start[4]}
local function f(a, b) local c, d, i, t = a, b, 3, { [0] = 1, 2, 3, 4 } local function f(x, y) return x ~ y end return ${inner} end
local function g(v) u = u ~ v end
local function main()
  local a, b, c, d = ${start.slice(0, 4).join(", ")}
  local t = { [0] = ${start[5]}, a, b, c }
  for i = 1, ${rounds} do
    ${body.join("; ")}
    if i % 100 == 0 then print(a, b, c, d, u, t[0], t[1], t[2], t[3]) end
  end
  print(a, b, c, d, u, t[0], t[1], t[2], t[3])
end
print(pcall(main));
main()`);
