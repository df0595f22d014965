// What one conversion may use: depth, number of values, the state's own meter and memory. Shared by all four directions.
import { COST } from "../vm/meter.js";
import type { NativeFunction } from "../vm/function.js";
import type { LuaState } from "../vm/state.js";
import type { LuaTable } from "../vm/table.js";
import type { LuaValue } from "../vm/value.js";
import { type ConversionOptions, DEFAULT_CONVERSION } from "./script-value.js";
import { ScriptError } from "./errors.js";

/** Deeper than this JavaScript's own stack could end before the conversion does. */
const DEEPEST = 1000;
/** Values between two looks at meter and memory. */
const BATCH = 64;
/** What a converted value is taken to hold in host memory: a slot and a share of its container. */
const VALUE_BYTES = 24;

/** Bounds of one conversion, and what it has used. A value costs one unit of the meter, text one unit for 32 bytes more. */
export class ConversionBudget {
  private depth = 0;
  private values = 0;
  private unpaid = 0;
  private bytes = 0;
  private readonly maxDepth: number;
  private readonly maxValues: number;
  /** What is being filled: not yet reachable from anything, so the census must be told of it. */
  private open: LuaValue[] | null = null;

  /** `makesLua`: the copy will lie in the state's memory, not in the host's. */
  constructor(private readonly state: LuaState, options: ConversionOptions, private readonly makesLua: boolean) {
    const { maxDepth, maxValues } = options;
    this.maxDepth = maxDepth === undefined ? DEFAULT_CONVERSION.maxDepth : checked("maxDepth", maxDepth, DEEPEST);
    this.maxValues = maxValues === undefined ? DEFAULT_CONVERSION.maxValues : checked("maxValues", maxValues, Number.MAX_SAFE_INTEGER);
  }

  /** One more container around what follows. Raises ScriptError "limit". */
  enter(filling?: LuaTable | NativeFunction): void {
    if (++this.depth > this.maxDepth) throw new ScriptError("limit", `value is nested too deeply (more than ${this.maxDepth} levels)`);
    if (filling !== undefined) (this.open ??= []).push(filling);
  }

  leave(filling?: LuaTable | NativeFunction): void {
    this.depth--;
    if (filling !== undefined) this.open!.pop();
  }

  /** `count` values more. Raises ScriptError "limit", or the state's own limits. */
  take(count: number): void {
    this.values += count;
    if (this.values > this.maxValues) throw new ScriptError("limit", `value is too large (more than ${this.maxValues} values)`);
    this.unpaid += count;
    this.bytes += count * VALUE_BYTES;
    if (this.unpaid >= BATCH) this.pay();
  }

  /** Text of `length` bytes is about to be copied. */
  takeText(length: number): void {
    this.unpaid += Math.floor(length / COST.bytesPerUnit);
    this.bytes += length;
    if (this.unpaid >= BATCH) this.pay();
  }

  /**
   * Charges what is not charged yet; a copy that does not fit the memory the state has left is not made. While no code of the
   * state runs, a host that looks at it pays nothing, and may do so when the state is at its limits.
   */
  pay(): void {
    const units = this.unpaid;
    this.unpaid = 0;
    const { memory, census, meter, runs } = this.state;
    if (runs > 0) meter.charge(units);
    const fits = runs > 0 || this.makesLua ? memory.inUse + this.bytes <= memory.getLimit() : this.bytes <= memory.getLimit();
    if (fits) return;
    this.state.enter(); // a census counts for this state
    const open = this.open ?? [];
    for (const filling of open) census.roots.add(filling);
    try {
      memory.require(this.bytes);
    } finally {
      for (const filling of open) census.roots.delete(filling);
      this.state.leave();
    }
  }
}

function checked(name: string, value: number, most: number): number {
  if (!Number.isInteger(value) || value < 1 || value > most) {
    throw new RangeError(`option '${name}' must be an integer from 1 to ${most}, got ${String(value)}`);
  }
  return value;
}
