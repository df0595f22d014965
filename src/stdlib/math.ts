// The math library (manual, 6.7), with the functions of Lua 5.3 that a default build of 5.4 keeps (cosh, pow, frexp, …).
import { makeFloat, isInteger, isNumber, type LuaInteger } from "../number/float.js";
import { MAX_INTEGER, MIN_INTEGER, doubleToInteger, wrapInteger } from "../number/integer.js";
import { lessThan, toInteger } from "../number/arithmetic.js";
import { parseNumber } from "../number/parse.js";
import { expFloat, logFloat, powFloat } from "../number/power.js";
import { scaleByPowerOfTwo, splitFraction } from "../number/scale.js";
import { highHalf, lowHalf } from "../number/wide.js";
import { type Steps, inSteps } from "../vm/callbacks.js";
import { Event } from "../vm/events.js";
import type { Frame } from "../vm/frame.js";
import type { NativeImplementation } from "../vm/function.js";
import type { LibrarySpec } from "../vm/library.js";
import { NEEDS_CALL, order } from "../vm/operations.js";
import type { Signal } from "../vm/signal.js";
import type { LuaState } from "../vm/state.js";
import { type LuaValue, isTruthy } from "../vm/value.js";
import { Xoshiro } from "./random.js";

/** A function of one double. */
const real = (compute: (x: number) => number): NativeImplementation => (f) => makeFloat(compute(f.double(1)));

/** A rounded double: an integer when it fits 64 bits, else a float. */
function rounded(d: number): LuaValue {
  return doubleToInteger(d) ?? makeFloat(d);
}

function abs(f: Frame): LuaValue {
  const v = f.arg(1);
  if (typeof v === "number") return Math.abs(v);
  if (typeof v === "bigint") return wrapInteger(v < 0n ? -v : v); // the least integer is its own negation
  return makeFloat(Math.abs(f.double(1)));
}

function floor(f: Frame): LuaValue {
  const v = f.arg(1);
  if (typeof v === "number") {
    const down = Math.floor(v);
    if (Number.isSafeInteger(down)) return down + 0; // a raw -0.0 cannot be: it is boxed
  }
  return isInteger(v) ? v : rounded(Math.floor(f.double(1)));
}

function ceil(f: Frame): LuaValue {
  const v = f.arg(1);
  if (typeof v === "number") {
    const up = Math.ceil(v);
    if (Number.isSafeInteger(up)) return up + 0; // ceil(-0.5) is -0
  }
  return isInteger(v) ? v : rounded(Math.ceil(f.double(1)));
}

function fmod(f: Frame): LuaValue {
  const a = f.arg(1);
  const b = f.arg(2);
  if (!isInteger(a) || !isInteger(b)) return makeFloat(f.double(1) % f.double(2));
  f.argCheck(b !== 0, 2, "zero");
  if (typeof a === "number" && typeof b === "number") return (a % b) + 0;
  return wrapInteger(BigInt(a) % BigInt(b));
}

function modf(f: Frame): Signal {
  const v = f.arg(1);
  if (isInteger(v)) return f.results(v, makeFloat(0));
  const x = f.double(1);
  const whole = Math.trunc(x);
  return f.results(rounded(whole), makeFloat(x === whole ? 0 : x - whole));
}

/** Logarithm to base 2 or 10 that is exact for exact powers. */
function log2(x: number): number {
  const { fraction, exponent } = splitFraction(x);
  return fraction === 0.5 ? exponent - 1 : Math.log2(x);
}

function log10(x: number): number {
  const near = Math.log10(x);
  const whole = Math.round(near);
  return whole >= 0 && whole <= 22 && Math.abs(near - whole) < 1e-9 && 10 ** whole === x ? whole : near;
}

function log(f: Frame): LuaValue {
  const x = f.double(1);
  if (f.isNoneOrNil(2)) return makeFloat(logFloat(x));
  const base = f.double(2);
  if (base === 2) return makeFloat(log2(x));
  return makeFloat(base === 10 ? log10(x) : logFloat(x) / logFloat(base));
}

function atan(f: Frame): LuaValue {
  const y = f.double(1);
  return makeFloat(Math.atan2(y, f.optDouble(2, 1)));
}

/** The argument, of those from the `i`-th on and `chosen`, that is less than no other (or than which no other is less). */
function* bestInSteps(f: Frame, i: number, chosen: LuaValue, isMax: boolean): Steps {
  for (; i <= f.count; i++) {
    const v = f.arg(i);
    let less: LuaValue = isMax ? order(f.L, Event.Lt, chosen, v) : order(f.L, Event.Lt, v, chosen);
    if (less === NEEDS_CALL) less = yield;
    if (isTruthy(less)) chosen = v;
  }
  return chosen;
}

function best(f: Frame, isMax: boolean): LuaValue | Signal {
  let chosen = f.arg(1);
  f.argCheck(f.count >= 1, 1, "value expected");
  for (let i = 2; i <= f.count; i++) {
    const v = f.arg(i);
    if (typeof v === "number" && typeof chosen === "number") {
      if (isMax ? chosen < v : v < chosen) chosen = v;
    } else if (isNumber(v) && isNumber(chosen)) {
      if (isMax ? lessThan(chosen, v) : lessThan(v, chosen)) chosen = v;
    } else return inSteps(f, bestInSteps(f, i, chosen, isMax));
  }
  return chosen;
}

function tointeger(f: Frame): LuaValue {
  const v = f.any(1);
  const n = typeof v === "string" ? parseNumber(v) : v;
  return isNumber(n) ? toInteger(n) : undefined;
}

function type(f: Frame): LuaValue {
  const v = f.any(1);
  return isNumber(v) ? (isInteger(v) ? "integer" : "float") : undefined;
}

function ult(f: Frame): LuaValue {
  const a = f.integer(1);
  const b = f.integer(2);
  const high = highHalf(a) >>> 0;
  const otherHigh = highHalf(b) >>> 0;
  return high === otherHigh ? lowHalf(a) >>> 0 < lowHalf(b) >>> 0 : high < otherHigh;
}

function frexp(f: Frame): Signal {
  const { fraction, exponent } = splitFraction(f.double(1));
  return f.results(makeFloat(fraction), exponent);
}

function ldexp(f: Frame): LuaValue {
  const x = f.double(1);
  return makeFloat(scaleByPowerOfTwo(x, Number(BigInt.asIntN(32, BigInt(f.integer(2)))))); // C casts it to an int
}

const timeSeed = ({ host }: LuaState): number => Math.floor(host.time === undefined ? host.now() : host.time());

/** The state's generator, seeded by the host when it is first asked for. */
function generatorOf(state: LuaState): Xoshiro {
  const { random } = state;
  if (random instanceof Xoshiro) return random;
  const made = new Xoshiro();
  state.random = made;
  made.seed(wrapInteger(state.host.randomSeed()), timeSeed(state));
  return made;
}

function interval(f: Frame, generator: Xoshiro, low: LuaInteger, up: LuaInteger): LuaValue {
  f.argCheck(low <= up, 1, "interval is empty");
  if (typeof low === "number" && typeof up === "number" && Number.isSafeInteger(up - low)) {
    return low + generator.below(up - low);
  }
  return wrapInteger(BigInt(low) + generator.belowBig(BigInt(up) - BigInt(low)));
}

function random(f: Frame): LuaValue {
  const generator = generatorOf(f.L.state);
  generator.next();
  switch (f.count) {
    case 0: return makeFloat(generator.unit());
    case 1: {
      const up = f.integer(1);
      return up === 0 ? generator.integer() : interval(f, generator, 1, up);
    }
    case 2: return interval(f, generator, f.integer(1), f.integer(2));
    default: return f.error("wrong number of arguments");
  }
}

function randomseed(f: Frame): Signal {
  const { state } = f.L;
  const given = !f.isNone(1);
  const n1 = given ? f.integer(1) : timeSeed(state);
  const n2 = given ? f.optInteger(2, 0) : wrapInteger(state.host.randomSeed());
  generatorOf(state).seed(n1, n2);
  return f.results(n1, n2);
}

export const mathLibrary: LibrarySpec = {
  name: "math",
  functions: {
    abs, ceil, floor, fmod, modf, log, atan, atan2: atan, max: (f) => best(f, true), min: (f) => best(f, false), tointeger, type, ult, frexp, ldexp,
    acos: real(Math.acos), asin: real(Math.asin), cos: real(Math.cos), sin: real(Math.sin), tan: real(Math.tan),
    exp: real(expFloat), sqrt: real(Math.sqrt), deg: real((x) => x * (180 / Math.PI)), rad: real((x) => x * (Math.PI / 180)),
    cosh: real(Math.cosh), sinh: real(Math.sinh), tanh: real(Math.tanh), log10: real(log10),
    pow: (f) => makeFloat(powFloat(f.double(1), f.double(2))),
    random, randomseed,
  },
  values: { pi: Math.PI, huge: Infinity, maxinteger: MAX_INTEGER, mininteger: MIN_INTEGER },
};
