// The os library (manual, 6.9).
import type { Pieces } from "../base/pieces.js";
import { flatten } from "../base/bytes.js";
import { toInteger } from "../number/arithmetic.js";
import { type LuaInteger, isNumber, makeFloat } from "../number/float.js";
import { parseNumber } from "../number/parse.js";
import { type Steps, inSteps } from "../vm/callbacks.js";
import { NOWHERE } from "../vm/errors.js";
import type { Frame } from "../vm/frame.js";
import { HostError, type HostFiles, type HostProcess } from "../vm/host.js";
import type { LibrarySpec } from "../vm/library.js";
import { NEEDS_CALL, assign, lookup } from "../vm/operations.js";
import { inPieces } from "../vm/pauses.js";
import type { Signal } from "../vm/signal.js";
import { LuaTable } from "../vm/table.js";
import { type LuaValue, isTruthy } from "../vm/value.js";
import { type CalendarTime, formatInPieces, invalidConversion, localTime, localTimestamp, utcTime } from "./date.js";
import { hostFailure, processResult } from "./host-results.js";
import { flushAll } from "./io-file.js";
import { chargeBytes, reserve } from "./string/price.js";

const MAX_INT = 2 ** 31 - 1;
const MIN_INT = -(2 ** 31);

function files(f: Frame, what: string): HostFiles {
  return f.L.state.host.files ?? f.error(`'${what}' not supported`);
}

function processes(f: Frame, what: string): HostProcess {
  return f.L.state.host.process ?? f.error(`'${what}' not supported`);
}

// ---- dates -------------------------------------------------------------------------------------------------------

function now(f: Frame): number {
  const { host } = f.L.state;
  return Math.floor((host.time === undefined ? host.now() : host.time()) / 1000);
}

const fieldsOf = (t: CalendarTime): readonly [string, LuaValue][] => [
  ["year", t.year], ["month", t.month + 1], ["day", t.day], ["hour", t.hour], ["min", t.minute], ["sec", t.second],
  ["yday", t.yearDay + 1], ["wday", t.weekday + 1], ["isdst", t.isDst],
];

/** Units that one conversion of a date format costs: some are made of several others. */
const CONVERSION = 16;

function date(f: Frame): LuaValue | Signal {
  let format = f.optString(1, "%c");
  const time = f.isNoneOrNil(2) ? now(f) : f.integer(2);
  const utc = format.startsWith("!");
  if (utc) format = format.slice(1);
  const t = utc ? utcTime(time) : localTime(time, f.L.state.host.isUtc);
  if (t === undefined) return f.error("date result cannot be represented in this installation");
  if (format === "*t" || format.startsWith("*t\0")) {
    const table = new LuaTable();
    for (const [key, value] of fieldsOf(t)) table.setStr(key, value);
    return table;
  }
  return inPieces(f, dateInPieces(f, format, t));
}

function* dateInPieces(f: Frame, format: string, t: CalendarTime): Pieces<LuaValue | Signal> {
  chargeBytes(f, format.length);
  const { meter } = f.L.state;
  if (format.length > 1000) meter.interrupt(); // each charge looks at the clock then
  const text = yield* formatInPieces(format, t, () => meter.charge(CONVERSION));
  if (text === undefined) {
    const rest = format.slice(invalidConversion(format, t) + 1);
    const zero = rest.indexOf("\0");
    return f.argError(1, `invalid conversion specifier '%${zero < 0 ? rest : rest.slice(0, zero)}'`);
  }
  reserve(f, text.length);
  return flatten(text);
}

/** Field `key` of a date table, which is `v`, as a C int, less `delta`. Without `fallback` it must be there. */
function dateField(f: Frame, key: string, v: LuaValue, fallback: number | undefined, delta: number): number {
  const n = typeof v === "string" ? parseNumber(v) : v;
  const value = isNumber(n) ? toInteger(n) : undefined;
  if (value === undefined) {
    if (v !== undefined) f.error(`field '${key}' is not an integer`);
    return fallback ?? f.error(`field '${key}' missing in date table`);
  }
  const small = Number(value); // what rounds here is out of bounds anyway
  if (small >= 0 ? small - delta > MAX_INT : small < MIN_INT + delta) f.error(`field '${key}' is out-of-bound`);
  return small - delta;
}

/** Fields that os.time reads, in their order: the value of one that is missing, and what C's are less by. */
const READ: readonly (readonly [key: string, fallback: number | undefined, delta: number])[] = [
  ["year", undefined, 1900], ["month", undefined, 1], ["day", undefined, 0], ["hour", 12, 0], ["min", 0, 0], ["sec", 0, 0],
];

function time(f: Frame): LuaValue | Signal {
  return f.isNoneOrNil(1) ? now(f) : inSteps(f, timeInSteps(f, f.table(1)));
}

function* timeInSteps(f: Frame, table: LuaTable): Steps {
  const { L } = f;
  const read: number[] = [];
  for (const [key, fallback, delta] of READ) {
    let v = lookup(L, table, key, NOWHERE);
    if (v === NEEDS_CALL) v = yield;
    read.push(dateField(f, key, v, fallback, delta));
  }
  let dst = lookup(L, table, "isdst", NOWHERE);
  if (dst === NEEDS_CALL) dst = yield;
  const [year, month, day, hour, minute, second] = read as [number, number, number, number, number, number];
  const given = { year: year + 1900, month, day, hour, minute, second, isDst: dst === undefined ? undefined : isTruthy(dst) };
  const result = localTimestamp(given, L.state.host.isUtc);
  if (result === undefined) return f.error("time result cannot be represented in this installation");
  for (const [key, value] of fieldsOf(result.normal)) if (assign(L, table, key, value, NOWHERE) === NEEDS_CALL) yield;
  if (result.time === -1) f.error("time result cannot be represented in this installation"); // what C's mktime says when it fails
  return result.time;
}

function difftime(f: Frame): LuaValue {
  const a = f.integer(1);
  const b = f.integer(2);
  return makeFloat(Number(BigInt(a) - BigInt(b)));
}

function clock(f: Frame): LuaValue {
  return makeFloat(f.L.state.host.cpuTime());
}

// ---- files -------------------------------------------------------------------------------------------------------

function remove(f: Frame): LuaValue | Signal {
  const path = f.string(1);
  try {
    files(f, "remove").remove(path);
    return true;
  } catch (error) {
    return hostFailure(f, error, path);
  }
}

function rename(f: Frame): LuaValue | Signal {
  const from = f.string(1);
  const to = f.string(2);
  try {
    files(f, "rename").rename(from, to);
    return true;
  } catch (error) {
    return hostFailure(f, error);
  }
}

function tmpname(f: Frame): LuaValue {
  try {
    return files(f, "tmpname").temporaryName();
  } catch (error) {
    if (error instanceof HostError) return f.error("unable to generate a unique filename");
    throw error;
  }
}

// ---- the process -------------------------------------------------------------------------------------------------

function execute(f: Frame): LuaValue | Signal {
  const command = f.optString(1, undefined);
  const host = f.L.state.host.process;
  if (command === undefined) return host !== undefined && host.hasShell();
  try {
    const status = processes(f, "execute").execute(command);
    return status === undefined ? f.results(undefined, "exit", 1) : processResult(f, status);
  } catch (error) {
    return hostFailure(f, error);
  }
}

function exit(f: Frame): LuaValue {
  const v = f.arg(1);
  const code: LuaInteger = typeof v === "boolean" ? (v ? 0 : 1) : f.optInteger(1, 0);
  const host = processes(f, "exit");
  host.mayExit?.();
  if (f.boolean(2)) f.L.state.close();
  flushAll();
  return host.exit(Number(BigInt.asIntN(32, BigInt(code))));
}

function getenv(f: Frame): LuaValue {
  return f.L.state.host.process?.getenv(f.string(1));
}

const CATEGORIES = ["all", "collate", "ctype", "monetary", "numeric", "time"] as const;

/** Only the C locale exists here, unless the host knows better. */
function setlocale(f: Frame): LuaValue {
  const locale = f.optString(1, undefined);
  const category = CATEGORIES[f.option(2, "all", CATEGORIES)]!;
  const host = f.L.state.host.process;
  if (host?.setlocale !== undefined) return host.setlocale(locale, category);
  return locale === undefined || locale === "" || locale === "C" || locale === "POSIX" ? "C" : undefined;
}

export const osLibrary: LibrarySpec = {
  name: "os",
  functions: { clock, date, difftime, execute, exit, getenv, remove, rename, setlocale, time, tmpname },
};
