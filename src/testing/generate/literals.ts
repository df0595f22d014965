// Literals, the odd ones included. All text is ASCII: other bytes are written as escapes.
import { text } from "./piece.js";

export const smallInt = text("1", "0", "2", "3", "4", "5", "7", "10", "100", "-1", "-2", "-7", "255", "256", "1000");

export const edgeInt = text(
  "math.maxinteger",
  "math.mininteger",
  "0x7fffffffffffffff",
  "0x8000000000000000",
  "0xffffffffffffffff",
  "9223372036854775807",
  "9007199254740991",
  "9007199254740992",
  "9007199254740993",
  "-9007199254740993",
  "4294967295",
  "4294967296",
  "2147483647",
  "2147483648",
  "-2147483648",
  "-2147483649",
  "65535",
  "65536",
  "131071",
  "0x1p4 // 1 | 0",
  "(1 << 62)",
  "(1 << 63)",
  "6364136223846793005",
).map((render) => (scope: Parameters<typeof render>[0]) => `(${render(scope)})`);

export const floatLiteral = text(
  "0.5",
  "1.0",
  "0.0",
  "-0.0",
  "1.5",
  "-2.25",
  "3.14159",
  "1e15",
  "1e16",
  "123456789012345.0",
  "1e100",
  "-1e300",
  "1e-3",
  "5e-324",
  "2^53",
  "2^63",
  "-2^63",
  "0x.8p1",
  "0xA.8",
  "100.25",
  "1e308",
);

/** Infinite ones stand apart: they make NaN, whose sign is printed differently by different C libraries. */
export const hugeFloat = text("math.huge", "-math.huge");

export const stringLiteral = text(
  '""',
  '"a"',
  '"abc"',
  '"hello world"',
  '"Lua"',
  "'single'",
  "[[long]]",
  "[==[a]]b]==]",
  '"x,y;z"',
  '"tab\\tend"',
  '"line\\nnext"',
  '"quote\\"d"',
  '"nul\\0byte"',
  '"\\200\\xff\\u{e9}\\u{20AC}"',
  '"a\\z\n   b"',
  '"%d+"',
  '"10"',
  '"0x10"',
  '" 7 "',
  '"-3"',
  '"1e2"',
  '"12abc"',
  '"key"',
  '"ABCdef"',
  '"a longer string, longer than forty characters in all"',
);

/** Strings that arithmetic takes for integers. */
export const integerString = text('"10"', '"0x10"', '" 7 "', '"-3"', '"0"', '"4"', '"9223372036854775807"', '"0xffffffffffffffff"');

/** Strings that arithmetic takes for floats. */
export const floatString = text('"1.5"', '"1e2"', '".5"', '"0x1p-1"', '"3."', '" 2.0 "', '"-0.0"');
