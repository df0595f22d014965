// Where constants were last put, for a whole chunk. C Lua keeps one such cache for all functions of a chunk, so an entry may
// belong to another function: it counts only if the constant there is the one wanted. The order and the repetitions of the
// constants in a binary chunk follow from that.
import type { Constant } from "../bytecode/proto.js";
import type { Atom } from "../lexer/atoms.js";
import { LuaFloat, type LuaInteger } from "../number/float.js";
import { doubleToInteger } from "../number/integer.js";

/** Smallest fraction by which a double near 1 can grow. */
const EPSILON = 2 ** -52;

export class ConstantCache {
  private readonly strings: number[] = []; // by atom id
  private readonly integers = new Map<LuaInteger, number>();
  private readonly floats = new Map<number, number>();
  private nil = -1;
  private false = -1;
  private true = -1;

  /** Index of a string constant in `list`, added if need be. */
  string(list: Constant[], atom: Atom): number {
    const { strings } = this;
    while (strings.length <= atom.id) strings.push(-1);
    const known = strings[atom.id]!;
    if (known >= 0 && known < list.length && list[known] === atom.text) return known;
    strings[atom.id] = list.length;
    return list.push(atom.text) - 1;
  }

  integer(list: Constant[], value: LuaInteger): number {
    const known = this.integers.get(value);
    if (known !== undefined && known < list.length && list[known] === value) return known;
    this.integers.set(value, list.length);
    return list.push(value) - 1;
  }

  float(list: Constant[], value: number | LuaFloat): number {
    const n = value instanceof LuaFloat ? value.n : value;
    const key = floatKey(n);
    const integerKey = doubleToInteger(key); // C Lua's tables do not tell 2^53 from 2^53 as a float
    const known = integerKey === undefined ? this.floats.get(key) : this.integers.get(integerKey);
    if (known !== undefined && known < list.length && isFloat(list[known], n)) return known;
    if (integerKey === undefined) this.floats.set(key, list.length);
    else this.integers.set(integerKey, list.length);
    return list.push(value) - 1;
  }

  booleanOrNil(list: Constant[], value: boolean | undefined): number {
    const known = value === undefined ? this.nil : value ? this.true : this.false;
    if (known >= 0 && known < list.length && list[known] === value) return known;
    if (value === undefined) this.nil = list.length;
    else if (value) this.true = list.length;
    else this.false = list.length;
    return list.push(value) - 1;
  }
}

/** Floats with integral values are filed under a neighbour, away from the integers. */
function floatKey(n: number): number {
  if (doubleToInteger(n) === undefined) return n;
  return n === 0 ? EPSILON : n + n * EPSILON;
}

function isFloat(constant: Constant, n: number): boolean {
  if (constant instanceof LuaFloat) return constant.n === n;
  return typeof constant === "number" && constant === n && !Number.isSafeInteger(n);
}
