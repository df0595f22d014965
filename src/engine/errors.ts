// ScriptError: the one class of error that the engine's public functions throw and their promises reject with.
import { toHostText } from "../base/bytes.js";
import { BadChunk } from "../bytecode/undump.js";
import { LuaSyntaxError } from "../lexer/syntax-error.js";
import { LuaThrow } from "../vm/fault.js";
import { LimitReached, type LimitKind } from "../vm/limits.js";
import { LuaError, LuaLimitError } from "../vm/state.js";
import type { LuaValue } from "../vm/value.js";

/** Every code a {@link ScriptError} can have, in the order of the documentation. */
export const SCRIPT_ERROR_CODES = [
  /** The source does not compile, or a binary chunk is damaged. */
  "syntax",
  /** An error raised while the script ran, by `error` or by an operation. */
  "runtime",
  /** A value of the wrong type: an operation on it, a wrong argument, or a value that cannot cross the boundary. */
  "type",
  /** The memory limit was reached, or there was not enough memory for one value. */
  "memory",
  /** Another limit was reached: instructions, output, call depth, host calls, string size, allocations. */
  "limit",
  /** The limit of time was reached. */
  "timeout",
  /** The policy does not permit it. */
  "permission",
  /** A module was not found or could not be loaded. */
  "module",
  /** Cancelled by the host (an AbortSignal, `cancel`) or because the context was disposed. */
  "cancelled",
  /** The engine was used wrongly or is broken; not the script's fault. */
  "internal",
] as const;

export type ScriptErrorCode = (typeof SCRIPT_ERROR_CODES)[number];

/** Where a script was: the chunk's name as messages show it, and the line (from 1; −1 when it is not known). */
export interface ScriptLocation {
  readonly chunk: string;
  readonly line: number;
}

/** What is known of an error beside its code and message. */
export interface ScriptErrorDetails {
  readonly location?: ScriptLocation | undefined;
  readonly luaTraceback?: string | undefined;
  /** What is behind it: an exception of the host. */
  readonly cause?: unknown;
  /** The error value of the script, in the plain view. */
  readonly value?: unknown;
  /** Which limit, for the codes limit, memory, timeout and cancelled. */
  readonly limit?: LimitKind | undefined;
}

/** {@link ScriptError.toJSON}: everything but what JSON cannot carry. */
export interface SerializedScriptError {
  readonly name: "ScriptError";
  readonly code: ScriptErrorCode;
  readonly message: string;
  readonly location?: ScriptLocation;
  readonly luaTraceback?: string;
  readonly limit?: LimitKind;
  readonly value?: unknown;
  readonly cause?: unknown;
}

/** Causes deeper than this are left out of the JSON form. */
const MAX_CAUSES = 8;

/** An error of a script or of the engine. `message` is host text, with the position in front as Lua gives it. */
export class ScriptError extends Error {
  override readonly name = "ScriptError";
  readonly code: ScriptErrorCode;
  readonly location?: ScriptLocation;
  /** Lua's own stack trace, taken where the error was raised. */
  readonly luaTraceback?: string;
  /** The error value in the plain view; a string is the same text as `message`. */
  readonly value?: unknown;
  readonly limit?: LimitKind;

  constructor(code: ScriptErrorCode, message: string, details: ScriptErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    if (details.location !== undefined) this.location = details.location;
    if (details.luaTraceback !== undefined) this.luaTraceback = details.luaTraceback;
    if (details.value !== undefined) this.value = details.value;
    if (details.limit !== undefined) this.limit = details.limit;
  }

  /** A plain object for logs and for other processes: the chain of causes included, no JavaScript stacks. */
  toJSON(): SerializedScriptError {
    return this.serialize(MAX_CAUSES);
  }

  private serialize(depth: number): SerializedScriptError {
    const { code, message, location, luaTraceback, limit } = this;
    const value = jsonValue(this.value);
    const cause = causeToJson(this.cause, depth);
    return {
      name: "ScriptError", code, message,
      ...(location === undefined ? {} : { location }),
      ...(luaTraceback === undefined ? {} : { luaTraceback }),
      ...(limit === undefined ? {} : { limit }),
      ...(value === undefined ? {} : { value }),
      ...(cause === undefined ? {} : { cause }),
    };
  }

  /** @internal For {@link causeToJson}. */
  static serializeAt(error: ScriptError, depth: number): SerializedScriptError {
    return error.serialize(depth);
  }
}

/** What JSON can carry of an error value: scalars, and objects that JSON can write. */
function jsonValue(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value !== "object" || value === null) return typeof value === "function" || typeof value === "symbol" ? undefined : value;
  try {
    return JSON.parse(JSON.stringify(value, (_, v: unknown) => (typeof v === "bigint" ? v.toString() : v))) as unknown;
  } catch {
    return undefined; // cycles and the like
  }
}

function causeToJson(cause: unknown, depth: number): unknown {
  if (cause === undefined || depth === 0) return undefined;
  if (cause instanceof ScriptError) return ScriptError.serializeAt(cause, depth - 1);
  if (!(cause instanceof Error)) return jsonValue(cause);
  const { name, message } = cause;
  const deeper = causeToJson(cause.cause, depth - 1);
  return { name, message, ...(deeper === undefined ? {} : { cause: deeper }) };
}

const CODE_OF_LIMIT: Readonly<Record<LimitKind, ScriptErrorCode>> = {
  instructions: "limit", time: "timeout", cpuTime: "timeout", memory: "memory", allocations: "limit", output: "limit", callDepth: "limit",
  hostCalls: "limit", stringSize: "limit", cancelled: "cancelled",
};

/** How an error value becomes the plain one of {@link ScriptError.value}. */
export type ValueView = (value: LuaValue) => unknown;

/** Without a runtime at hand: what is the same on both sides. */
function scalarView(value: LuaValue): unknown {
  if (typeof value === "string") return toHostText(value);
  return typeof value === "object" ? undefined : value;
}

/**
 * Any exception of the VM or the host as a ScriptError; one that is a ScriptError already comes back as it is.
 * `view` says what `value` shows of a Lua error value.
 */
export function toScriptError(error: unknown, view: ValueView = scalarView): ScriptError {
  if (error instanceof ScriptError) return error;
  if (error instanceof LuaError) {
    const code = codeOfCause(error.cause) ?? error.kind;
    return new ScriptError(code, toHostText(error.message), {
      location: hostLocation(error.location), luaTraceback: toHostText(error.traceback), cause: error.cause, value: view(error.value),
    });
  }
  if (error instanceof LuaLimitError) {
    return new ScriptError(CODE_OF_LIMIT[error.kind], error.message, {
      location: hostLocation(error.location), luaTraceback: toHostText(error.traceback), limit: error.kind,
    });
  }
  if (error instanceof LimitReached) return new ScriptError(CODE_OF_LIMIT[error.kind], error.message, { limit: error.kind });
  if (error instanceof LuaSyntaxError) return new ScriptError("syntax", toHostText(error.message), { location: hostLocation(error.location), cause: error });
  if (error instanceof BadChunk) return new ScriptError("syntax", toHostText(error.message), { cause: error });
  if (error instanceof LuaThrow) {
    const code = codeOfCause(error.cause) ?? error.kind;
    return new ScriptError(code, thrownMessage(error.value), { cause: error.cause, value: view(error.value) });
  }
  if (error instanceof RangeError && error.message.includes("call stack")) {
    return new ScriptError("internal", "the host's stack is full", { cause: error });
  }
  return new ScriptError("internal", error instanceof Error ? error.message : String(error), { cause: error });
}

/** What sort of failure it is, when the host's exception behind it says so: a ScriptError, a refusal of the sandbox. */
function codeOfCause(cause: unknown): ScriptErrorCode | undefined {
  if (!(cause instanceof Error) || !("code" in cause)) return undefined;
  return SCRIPT_ERROR_CODES.find((code) => code === cause.code);
}

function thrownMessage(value: LuaValue): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint" ? toHostText(String(value)) : "(error object is not a string)";
}

function hostLocation(location: ScriptLocation | undefined): ScriptLocation | undefined {
  return location === undefined ? undefined : { chunk: toHostText(location.chunk), line: location.line };
}
