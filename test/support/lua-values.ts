// Lua numbers for property tests: as fast-check arbitraries, as Lua source, and as comparable text.
import fc from "fast-check";
import { LuaFloat, type LuaNumber, makeFloat } from "../../src/number/float.js";
import { formatA } from "../../src/number/format.js";
import { wrapInteger } from "../../src/number/integer.js";

const EDGES: LuaNumber[] = [
  0, 1, -1, 2, 3, -3, 10, 31, 32, 33, 63, 64, -63, -64, 2 ** 31, 2 ** 32, -(2 ** 31), 2 ** 53 - 1, -(2 ** 53 - 1),
  2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n), 2n ** 62n, makeFloat(0), makeFloat(-0), makeFloat(1), makeFloat(-1),
  makeFloat(3), makeFloat(2 ** 53), makeFloat(2 ** 63), makeFloat(-(2 ** 63)), makeFloat(1e300), 0.5, -0.5, 1e-300, 5e-324,
  Infinity, -Infinity, NaN,
];

export const luaInteger = fc.oneof(
  fc.integer({ min: -100, max: 100 }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(wrapInteger),
  fc.maxSafeInteger(),
);

export const luaNumber: fc.Arbitrary<LuaNumber> = fc.oneof(
  fc.constantFrom(...EDGES),
  luaInteger,
  fc.double().map(makeFloat),
  fc.double({ min: -1e6, max: 1e6 }).map(makeFloat),
);

export const isLuaInteger = (v: LuaNumber): v is number | bigint => typeof v === "bigint" || Number.isSafeInteger(v);

/** A Lua expression with exactly this value. */
export function numberSource(v: LuaNumber): string {
  if (isLuaInteger(v)) return BigInt(v) === -(2n ** 63n) ? "math.mininteger" : `(${v})`;
  const x = v instanceof LuaFloat ? v.n : Number(v);
  if (x !== x) return "(0/0)";
  if (x === Infinity || x === -Infinity) return x > 0 ? "math.huge" : "(-math.huge)";
  return Object.is(x, -0) ? "(-0.0)" : `(${formatA(x)})`;
}

/** A number with its kind, exactly: "i12", "f3ff8000000000000" (the bits of the double), "fnan". */
export function showNumber(v: LuaNumber): string {
  if (isLuaInteger(v)) return `i${v}`;
  const x = v instanceof LuaFloat ? v.n : Number(v);
  if (x !== x) return "fnan";
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, x);
  return `f${bits.getBigUint64(0).toString(16).padStart(16, "0")}`;
}

/** Lua function with the same output as {@link showNumber}. */
export const SHOW_NUMBER = `local function show(v)
  if v ~= v then return "fnan" end
  if math.type(v) == "integer" then return "i" .. v end
  return (string.format("f%016x", (string.unpack("<i8", string.pack("<d", v)))))
end
`;

/** A Lua string literal for any byte string. */
export function luaString(s: string): string {
  return `"${s.replace(/[^ !#-[\]-~]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`)}"`;
}
