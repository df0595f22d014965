// Mutations of binary chunks: blind ones on the bytes, and informed ones on the functions, which get past the reader.
import { dump } from "../../src/bytecode/dump.js";
import type { Op } from "../../src/bytecode/opcodes.js";
import { OPCODE_COUNT } from "../../src/bytecode/opcodes.js";
import { encodeABCk, getA, getB, getC, getK } from "../../src/bytecode/instruction.js";
import type { Constant, Proto } from "../../src/bytecode/proto.js";
import { LuaFloat } from "../../src/number/float.js";
import { undump } from "../../src/bytecode/undump.js";

/** A small seeded generator (mulberry32): a seed names a whole run. */
export class Random {
  constructor(private state: number) {}

  /** An integer in [0, bound). */
  below(bound: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * bound);
  }

  chance(oneIn: number): boolean {
    return this.below(oneIn) === 0;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

/** One to four changes of the bytes: flips, sets, cuts, repeats, and pieces of another chunk. */
export function mutateBytes(random: Random, chunk: string, other: string): string {
  let result = chunk;
  for (let n = 1 + random.below(4); n > 0; n--) {
    const at = random.below(result.length + 1);
    const head = result.slice(0, at);
    const byte = result.charCodeAt(at) || 0;
    switch (random.below(6)) {
      case 0: result = head + String.fromCharCode(byte ^ (1 << random.below(8))) + result.slice(at + 1); break;
      case 1: {
        const set = random.pick([0, 1, 0x7f, 0x80, 0x81, 0xff, random.below(256)]);
        result = head + String.fromCharCode(set) + result.slice(at + 1);
        break;
      }
      case 2: result = random.chance(8) ? head : head + result.slice(at + 1 + random.below(8)); break;
      case 3: result = head + result.slice(Math.max(0, at - random.below(40)), at) + result.slice(at); break;
      case 4: {
        const from = random.below(other.length);
        result = head + other.slice(from, from + 1 + random.below(64)) + result.slice(at + (random.chance(2) ? 0 : random.below(64)));
        break;
      }
      default: result = head + String.fromCharCode((byte + random.pick([1, 255])) & 0xff) + result.slice(at + 1);
    }
  }
  return result;
}

/** One to three changes of the functions in a valid chunk, mostly of single instruction fields. */
export function mutateFunctions(random: Random, chunk: string): string {
  const main = undump(chunk, "=mutant");
  const all: Proto[] = [];
  const collect = (proto: Proto): void => {
    all.push(proto);
    proto.protos.forEach(collect);
  };
  collect(main);
  for (let n = 1 + random.below(3); n > 0; n--) mutateFunction(random, random.pick(all), all);
  return dump(main, false);
}

function mutateFunction(random: Random, proto: Proto, all: readonly Proto[]): void {
  if (random.chance(12)) mutateTables(random, proto);
  else mutateCode(random, proto, all);
}

function mutateCode(random: Random, proto: Proto, all: readonly Proto[]): void {
  const { code } = proto;
  const at = random.below(code.length);
  const word = code[at]!;
  switch (random.below(9)) {
    case 0: code[at] = (word & ~0x7f) | random.below(OPCODE_COUNT); break;
    case 1: code[at] = encodeABCk((word & 0x7f) as Op, nearby(random, getA(word)), getB(word), getC(word), getK(word)); break;
    case 2: code[at] = encodeABCk((word & 0x7f) as Op, getA(word), nearby(random, getB(word)), getC(word), getK(word)); break;
    case 3: code[at] = encodeABCk((word & 0x7f) as Op, getA(word), getB(word), nearby(random, getC(word)), getK(word)); break;
    case 4: code[at] = word ^ 0x8000; break;
    case 5: code[at] = (word + random.pick([1, -1, 2, -2, random.below(64) - 32]) * 0x8000) | 0; break; // Bx, sBx
    case 6: code[at] = (word + random.pick([1, -1, 2, -2, random.below(64) - 32]) * 0x80) | 0; break; // sJ, Ax
    case 7: { // another instruction in its place, from here or elsewhere
      const from = random.pick(random.chance(4) ? all : [proto]).code;
      code[at] = from[random.below(from.length)]!;
      break;
    }
    default: { // two instructions change places
      const to = random.chance(2) ? Math.min(at + 1, code.length - 1) : random.below(code.length);
      code[at] = code[to]!;
      code[to] = word;
    }
  }
}

const nearby = (random: Random, value: number): number =>
  (random.chance(4) ? random.below(256) : value + random.pick([1, -1, 2, -2, 4, -4])) & 0xff;

const CONSTANTS: readonly Constant[] = [undefined, true, false, 0, 1, -1, 0.5, new LuaFloat(2), 2n ** 62n, NaN, "", "x", "y".repeat(50)];

function mutateTables(random: Random, proto: Proto): void {
  const upvalue = proto.upvalues[random.below(proto.upvalues.length)];
  const local = proto.locals[random.below(proto.locals.length)];
  switch (random.below(9)) {
    case 0: proto.maxStackSize = nearby(random, proto.maxStackSize); break;
    case 1: proto.numParams = nearby(random, proto.numParams); break;
    case 2: proto.isVararg = !proto.isVararg; break;
    case 3: if (proto.constants.length > 0) proto.constants[random.below(proto.constants.length)] = random.pick(CONSTANTS); break;
    case 4: if (upvalue !== undefined) upvalue.index = nearby(random, upvalue.index); break;
    case 5: if (upvalue !== undefined) upvalue.inStack = !upvalue.inStack; break;
    case 6: if (local !== undefined) local.endpc = Math.max(0, local.endpc + random.below(9) - 4); break;
    case 7: if (proto.lineInfo.length > 0) proto.lineInfo[random.below(proto.lineInfo.length)] = random.below(256) - 128; break;
    default: if (proto.protos.length > 1) proto.protos.reverse();
  }
}
