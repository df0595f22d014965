// What string functions pay before they build a string.
import { flatten } from "../../base/bytes.js";
import { COST } from "../../vm/meter.js";
import { LuaThrow } from "../../vm/fault.js";
import type { Frame } from "../../vm/frame.js";
import type { Thread } from "../../vm/thread.js";

/** Longest string C Lua's library makes (its MAXSIZE, the largest C int). */
export const MAX_SIZE = 0x7fffffff;

/** Longest string a JavaScript engine can hold (V8's limit). */
const LONGEST_STRING = 0x1fffffe8;

/** Pays for reading or copying `bytes` bytes. */
export function chargeBytes(f: Frame, bytes: number): void {
  if (bytes >= COST.bytesPerUnit) f.L.state.meter.charge(Math.floor(bytes / COST.bytesPerUnit));
}

/** Numerals up to this length are converted for nothing. */
export const SHORT_NUMERAL = 64;

/** Pays for making a number of `text`, which takes longer than copying it. */
export function chargeNumeral(f: Frame, text: string): void {
  if (text.length > SHORT_NUMERAL) f.L.state.meter.charge(text.length >> 1);
}

/** Pays for a new string of `bytes` bytes, in time and in memory; raises "not enough memory" before it is made. */
export function reserve(f: Frame, bytes: number): void {
  reserveOn(f.L, bytes);
}

/** The same in a call without a frame. */
export function reserveOn(L: Thread, bytes: number): void {
  if (bytes < COST.bytesPerUnit) return;
  if (bytes > LONGEST_STRING) throw new LuaThrow("not enough memory", undefined, "memory");
  L.state.memory.reserveString(bytes);
  L.state.meter.charge(Math.floor(bytes / COST.bytesPerUnit));
}

/** Bytes after which what was added is made one piece: V8 keeps a node for each addition until then, and takes long to join millions. */
const PART = 1024;

/**
 * A string under construction. Memory is reserved for twice what is there each time it grows, as a growing buffer would use
 * it, so that a limit stops the growth and not only its result.
 */
export class Builder {
  private text = "";
  /** What was added last, and is not in `text` yet. */
  private part = "";
  private reserved = PART;
  private paid = 0;

  constructor(private readonly L: Thread) {}

  get length(): number {
    return this.text.length + this.part.length;
  }

  add(piece: string): void {
    this.part += piece;
    if (this.part.length > PART) this.putAway();
  }

  private putAway(): void {
    this.text += flatten(this.part);
    this.part = "";
    this.pay();
    if (this.text.length <= this.reserved) return;
    this.reserved = this.text.length * 2;
    this.L.state.memory.reserveString(this.reserved);
  }

  private pay(): void {
    const bytes = this.text.length - this.paid;
    if (bytes >= COST.bytesPerUnit) this.L.state.meter.charge(Math.floor(bytes / COST.bytesPerUnit));
    this.paid = this.text.length;
  }

  /** The finished string, paid for. */
  finish(): string {
    this.text += this.part;
    if (this.paid === 0) reserveOn(this.L, this.text.length);
    else this.pay();
    return flatten(this.text);
  }
}
