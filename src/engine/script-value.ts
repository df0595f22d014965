// The two views of Lua values that hosts work with, as types. docs/values.md is the table of rules.
//   plain    JavaScript values for everyday use; a few Lua distinctions are lost (1 and 1.0, which kind of table)
//   tagged   a tree of records that loses nothing
import type { Handle } from "./handle.js";

/**
 * A Lua value in the plain view.
 * - nil `undefined`; booleans; integers within ±(2^53−1) and floats `number`, other integers `bigint`
 * - strings: text when they are valid UTF-8, else `Uint8Array`
 * - tables: array, object without a prototype, or `Map` (see to-plain.ts for which)
 * - functions: {@link LuaCallable}; JavaScript functions and objects that crossed by reference: themselves
 * - coroutines and other userdata: {@link Handle}
 */
export type PlainValue =
  | undefined | null | boolean | number | bigint | string | Uint8Array | readonly PlainValue[] | PlainObject
  | ReadonlyMap<PlainValue, PlainValue> | LuaCallable | Handle | object;

/** A table as an object: it has no prototype, so `__proto__` and `constructor` are keys like any other. */
export interface PlainObject {
  [key: string]: PlainValue;
}

/**
 * A Lua function as JavaScript sees it. Arguments and results cross in the plain view. Keeps the function alive until it is
 * disposed or collected; after that a call fails with a ScriptError.
 */
export interface LuaCallable {
  /** Runs the function as a task of its own; resolves to its first result. Rejects with ScriptError. */
  (...args: unknown[]): Promise<PlainValue>;
  /** As calling it, with all results. */
  all(...args: unknown[]): Promise<PlainValue[]>;
  /** Runs it at once; throws ScriptError, also when the script would have to wait. Answers the first result. */
  callSync(...args: unknown[]): PlainValue;
  /** {@link callSync} with all results. */
  allSync(...args: unknown[]): PlainValue[];
  readonly handle: Handle;
  dispose(): void;
  [Symbol.dispose](): void;
}

/** A Lua value in the tagged view. */
export type ScriptValue =
  | { readonly kind: "nil" }
  | { readonly kind: "boolean"; readonly value: boolean }
  /** 64-bit: always within −2^63 … 2^63−1. */
  | { readonly kind: "integer"; readonly value: bigint }
  /** Any double, −0, NaN and integral values included. */
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly bytes: Uint8Array }
  | ScriptArray
  | ScriptTable
  | { readonly kind: "function"; readonly handle: Handle }
  | { readonly kind: "userdata"; readonly handle: Handle; readonly object?: object }
  | { readonly kind: "thread"; readonly handle: Handle };

/** A table without metatable whose keys are exactly 1 … items.length (none for an empty table). */
export interface ScriptArray {
  readonly kind: "array";
  readonly items: ScriptValue[];
}

/** Any other table, entries in the order of `next`. */
export interface ScriptTable {
  readonly kind: "object";
  readonly entries: [key: ScriptValue, value: ScriptValue][];
  metatable?: ScriptArray | ScriptTable;
}

/** How far a conversion may go, and choices. All have defaults. */
export interface ConversionOptions {
  /** Tables or objects inside each other. Default 200. */
  readonly maxDepth?: number;
  /** Values in all (each key, element and scalar counts). Default 1,000,000. */
  readonly maxValues?: number;
  /** To plain: which strings become text. "auto": valid UTF-8 (default); "text": all, malformed parts as U+FFFD; "bytes": none, but for the keys of objects. */
  readonly strings?: "auto" | "text" | "bytes";
  /** From plain: what `null` becomes. "nil" (default), or "null": a light userdata that comes back as `null`. */
  readonly nulls?: "nil" | "null";
  /** From plain: what JavaScript functions become. "wrap" (default): Lua functions; "refuse": an error. */
  readonly functions?: "wrap" | "refuse";
  /** From plain: what instances of classes become. "copy" (default): tables of their own enumerable properties; "refuse": an error. */
  readonly instances?: "copy" | "refuse";
}

export const DEFAULT_CONVERSION: Required<ConversionOptions> = {
  maxDepth: 200, maxValues: 1_000_000, strings: "auto", nulls: "nil", functions: "wrap", instances: "copy",
};

