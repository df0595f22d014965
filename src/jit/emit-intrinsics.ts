// Calls of library functions that emitted code does itself. Whether the callee is that function is checked at each call; what the
// own form does not cover (other kinds of arguments, errors) is an ordinary call of it.
import { getA, getB, getOp } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import { LuaFloat, makeFloat } from "../number/float.js";
import { Intrinsic } from "../vm/intrinsic.js";
import { MIN_STACK } from "../vm/calls.js";
import { typeName } from "../vm/value.js";
import { emitCall, emitTailCall } from "./emit-calls.js";
import { isUnsignedLess } from "./emit-wide.js";
import type { Emitter } from "./emitter.js";
import { Kind, within } from "./lattice.js";
import { type Operand, isInteger, isSmall } from "./operand.js";

const SAFE = "t <= 9007199254740991 && t >= -9007199254740991";

/** An own form: the condition under which it holds, and the value then. */
interface Form {
  readonly when: string;
  readonly value: string;
}

/** Writes the call at `pc`, which is expected to be one of `intrinsic`. */
export function emitIntrinsic(e: Emitter, pc: number, word: number, intrinsic: Intrinsic): void {
  if (intrinsic === Intrinsic.Select) {
    emitSelect(e, pc, word);
    return;
  }
  const a = getA(word);
  const isTail = getOp(word) === Op.TailCall;
  if (isTail) e.line(`t = ${e.r(a)}; if (t !== undefined && t.intrinsic === ${intrinsic}) {`);
  else e.line(`t = ${e.r(a)}; if (t === undefined || t.intrinsic !== ${intrinsic}) { ${e.rt.notExpected}(${e.out.constant(e.cache)}, ${pc}); ${e.exit(pc)} }`);
  const args = Array.from({ length: getB(word) - 1 }, (_, i) => e.operand(a + 1 + i));
  const label = `C${pc}`;
  if (!isTail) e.line(`${label}: {`);
  const room = `f.next !== null && b + ${a + 1 + args.length + MIN_STACK} <= R.length`; // else the call would make frames or registers
  if (intrinsic === Intrinsic.Insert) {
    e.line(`t = !(${room}) ? 0 : ${e.h.insert}(${args[0]!.tagged}, ${args[1]!.tagged}); if (t === 1) break ${label}; if (t === 2) ${e.exitAfter(pc + 1)}`);
  } else {
    const { when, value } = ownForm(e, intrinsic, args, e.exit(pc));
    e.line(`if (${room}${when === "true" ? "" : ` && (${when})`}) { ${isTail ? `return ${value};` : `${e.r(a)} = ${value}; break ${label};`} }`);
  }
  if (!isTail) emitCall(e, pc, word);
  e.line("}");
  if (isTail) emitTailCall(e, pc, word);
}

/** Arguments up to which `select` costs nothing. */
const FEW_ARGUMENTS = 64;

/** select("#", ...) and select(n, ...) with one result: where the function's own extra arguments follow, they need not be copied. */
function emitSelect(e: Emitter, pc: number, word: number): void {
  const a = getA(word);
  const copying = e.takeDelayedList();
  if (copying === undefined) {
    emitCall(e, pc, word);
    return;
  }
  e.line(`C${pc}: { t = ${e.r(a)}; x = ${e.tagged(a + 1)};`);
  e.line(`if (t !== undefined && t.intrinsic === ${Intrinsic.Select} && f.next !== null && v.length < ${FEW_ARGUMENTS} && b + ${a + 2 + MIN_STACK} + v.length <= R.length) {`);
  e.line(`if (x === "#") { ${e.r(a)} = v.length; break C${pc}; }`);
  e.line(`if (typeof x === "number" && (x | 0) === x && x > 0) { ${e.r(a)} = x <= v.length ? v[x - 1] : undefined; break C${pc}; }`);
  e.line("}");
  e.line(copying);
  emitCall(e, pc, word);
  e.line("}");
}

function ownForm(e: Emitter, intrinsic: Intrinsic, args: readonly Operand[], exit: string): Form {
  const [first, second, third] = args as [Operand, Operand, Operand];
  const float = e.out.constant(makeFloat);
  switch (intrinsic) {
    case Intrinsic.Floor: return rounded(e, first, "Math.floor");
    case Intrinsic.Ceil: return rounded(e, first, "Math.ceil");
    case Intrinsic.Abs: {
      if (first.double !== undefined && within(first.type, Kind.Plain)) return { when: "true", value: `Math.abs(${first.double})` };
      if (first.double !== undefined && within(first.type, Kind.Float)) return { when: "true", value: `${float}(Math.abs(${first.double}))` };
      return { when: `typeof (x = ${first.tagged}) === "number"`, value: "Math.abs(x)" };
    }
    case Intrinsic.Max: case Intrinsic.Min: {
      const chosen = intrinsic === Intrinsic.Max ? "x < y ? y : x" : "y < x ? y : x";
      if (within(first.type, Kind.Float) && within(second.type, Kind.Float) && first.double !== undefined && second.double !== undefined) {
        return { when: `(x = ${first.double}, y = ${second.double}, true)`, value: `${float}(${chosen})` };
      }
      return { when: `typeof (x = ${first.tagged}) === "number" && typeof (y = ${second.tagged}) === "number"`, value: chosen };
    }
    case Intrinsic.Sqrt: return real(e, first, "Math.sqrt");
    case Intrinsic.Sin: return real(e, first, "Math.sin");
    case Intrinsic.Cos: return real(e, first, "Math.cos");
    case Intrinsic.ToInteger:
      if (isInteger(first)) return { when: "true", value: first.tagged };
      return { when: `typeof (x = ${first.tagged}) === "number"`, value: "Number.isSafeInteger(x) ? x : undefined" };
    case Intrinsic.MathType: return { when: `typeof (x = ${first.tagged}) === "number"`, value: "Number.isSafeInteger(x) ? \"integer\" : \"float\"" };
    case Intrinsic.Ult: return { when: "true", value: isUnsignedLess(e, first, second, exit) };
    case Intrinsic.Byte: {
      if (second === undefined) return { when: `typeof (x = ${first.tagged}) === "string"`, value: "x.length > 0 ? x.charCodeAt(0) : undefined" };
      const index = smallAt(second, "y");
      return { when: `typeof (x = ${first.tagged}) === "string" && ${index} && y > 0`, value: "y <= x.length ? x.charCodeAt(y - 1) : undefined" };
    }
    case Intrinsic.Sub: {
      const from = smallAt(second, "y");
      const to = third === undefined ? "(e = -1, true)" : smallAt(third, "e");
      return { when: `typeof (x = ${first.tagged}) === "string" && ${from} && ${to} && (t = ${e.h.substring}(x, y, e)) !== undefined`, value: "t" };
    }
    case Intrinsic.Char: {
      const names = args.map((_, i) => `c${i}`);
      const checks = args.map((o, i) => `typeof (c${i} = ${o.tagged}) === "number" && (c${i} & 255) === c${i}`);
      e.line(`let ${names.join(", ")};`);
      return { when: checks.join(" && "), value: `String.fromCharCode(${names.join(", ")})` };
    }
    case Intrinsic.Len: return { when: `typeof (x = ${first.tagged}) === "string"`, value: "x.length" };
    case Intrinsic.Type: return { when: "true", value: `${e.out.constant(typeName)}(${first.tagged})` };
    case Intrinsic.RawGet: return { when: `(t = ${e.h.rawGet}(${first.tagged}, ${second.tagged})) !== ${e.leave}`, value: "t" };
    case Intrinsic.SetMetatable: return { when: `(t = ${e.h.setMetatable}(${first.tagged}, ${second.tagged})) !== ${e.leave}`, value: "t" };
    case Intrinsic.RawEqual: return { when: `(t = ${e.h.rawEqual}(${first.tagged}, ${second.tagged})) !== ${e.leave}`, value: "t" };
    default: return { when: `(t = ${e.h.removeLast}(${first.tagged})) !== ${e.leave}`, value: "t" };
  }
}

/** Condition that the operand is an integer of 32 bits, which puts it into `name`. */
function smallAt(o: Operand, name: string): string {
  if (isSmall(o) && o.double !== undefined) return `(${name} = ${o.double}, true)`;
  return `typeof (${name} = ${o.tagged}) === "number" && (${name} | 0) === ${name}`;
}

function rounded(e: Emitter, o: Operand, how: string): Form {
  if (isInteger(o)) return { when: "true", value: o.tagged };
  const x = o.double ?? `${e.h.loopNumber}(${o.tagged})`;
  return { when: `(t = ${how}(${x}), ${SAFE})`, value: "t === 0 ? 0 : t" };
}

function real(e: Emitter, o: Operand, how: string): Form {
  const float = e.out.constant(makeFloat);
  if (o.double !== undefined) return { when: "true", value: `${float}(${how}(${o.double}))` };
  const number = `typeof (x = ${o.tagged}) === "number" || (x instanceof ${e.out.constant(LuaFloat)} && (x = x.n, true))`;
  return { when: number, value: `${float}(${how}(x))` };
}
