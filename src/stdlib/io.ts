// The io library (manual, 6.8) over the host's files. Handles are userdata whose data is a FileHandle.
import { toInteger } from "../number/arithmetic.js";
import { isInteger, isNumber, toDouble } from "../number/float.js";
import { formatG, formatNumber } from "../number/format.js";
import { typeNameOf } from "../vm/errors.js";
import { LuaThrow } from "../vm/fault.js";
import type { Frame } from "../vm/frame.js";
import { NativeFunction } from "../vm/function.js";
import { type Host, HostError, type HostFile, type HostFiles, type HostProcess } from "../vm/host.js";
import { type LibrarySpec, addFunctions } from "../vm/library.js";
import type { Signal } from "../vm/signal.js";
import type { LuaState } from "../vm/state.js";
import { LuaTable } from "../vm/table.js";
import { Userdata } from "../vm/userdata.js";
import { type LuaValue, isTruthy } from "../vm/value.js";
import { type Access, FileStream, WRITE_SIZE, flushAll, standardStream } from "./io-file.js";
import { hostFailure, processResult } from "./host-results.js";
import { chargeBytes, reserve } from "./string/price.js";

/** Registry key of the metatable, and its __name. */
const TYPE_NAME = "FILE*";
const DEFAULT_INPUT = "_IO_input";
const DEFAULT_OUTPUT = "_IO_output";
/** Formats that `lines` takes (MAXARGLINE). */
const MAX_LINE_FORMATS = 250;
/** "%.14g", how a float is written. */
const FLOAT_DIGITS = 14;

/** What a file userdata holds. `stream` is null once the file is closed. */
class FileHandle {
  private opened: FileStream | null;
  private open: (() => FileStream) | null;

  /** `stream`: the stream, or how it is made when it is first used. */
  constructor(stream: FileStream | (() => FileStream), readonly kind: "file" | "process" | "standard") {
    const isLater = typeof stream === "function";
    this.opened = isLater ? null : stream;
    this.open = isLater ? stream : null;
  }

  get stream(): FileStream | null {
    if (this.open !== null) {
      this.opened = this.open();
      this.open = null;
    }
    return this.opened;
  }

  forget(): void {
    this.opened = null;
    this.open = null;
  }
}

// ---- handles -----------------------------------------------------------------------------------------------------

function metatable(state: LuaState): LuaTable {
  return state.registry.getStr(TYPE_NAME) as LuaTable;
}

function newHandle(state: LuaState, stream: FileStream | (() => FileStream), kind: FileHandle["kind"]): Userdata {
  const file = new Userdata(new FileHandle(stream, kind));
  const meta = metatable(state);
  file.metatable = meta;
  if (kind !== "standard") state.census.adopted(file, meta);
  return file;
}

function handleOf(f: Frame, v: LuaValue): FileHandle | undefined {
  return v instanceof Userdata && v.metatable === metatable(f.L.state) && v.data instanceof FileHandle ? v.data : undefined;
}

/** Argument 1 as a file handle, open or closed. */
function anyHandle(f: Frame): FileHandle {
  return handleOf(f, f.arg(1)) ?? f.typeError(1, TYPE_NAME);
}

function openStream(f: Frame): FileStream {
  return anyHandle(f).stream ?? f.error("attempt to use a closed file");
}

function defaultFile(f: Frame, key: string): LuaValue {
  return f.L.state.registry.getStr(key);
}

function defaultStream(f: Frame, key: string): FileStream {
  const stream = handleOf(f, defaultFile(f, key))?.stream;
  return stream ?? f.error(`default ${key.slice("_IO_".length)} file is closed`);
}

function files(f: Frame, what: string): HostFiles {
  return f.L.state.host.files ?? f.error(`'${what}' not supported`);
}

function processes(f: Frame, what: string): HostProcess {
  return f.L.state.host.process ?? f.error(`'${what}' not supported`);
}

function accessOf(mode: string): Access {
  if (mode.includes("+")) return "rw";
  return mode.startsWith("r") ? "r" : "w";
}

/** Opens a file or raises "cannot open file". */
function openOrRaise(f: Frame, path: string, mode: "r" | "w"): Userdata {
  try {
    return newHandle(f.L.state, new FileStream(files(f, "open").open(path, mode), accessOf(mode)), "file");
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return f.error(`cannot open file '${path}' (${error.message})`);
  }
}

// ---- opening and closing -----------------------------------------------------------------------------------------

function open(f: Frame): LuaValue | Signal {
  const path = f.string(1);
  const mode = f.optString(2, "r");
  f.argCheck(/^[rwa]\+?b?$/.test(mode), 2, "invalid mode");
  try {
    return newHandle(f.L.state, new FileStream(files(f, "open").open(path, mode), accessOf(mode)), "file");
  } catch (error) {
    return hostFailure(f, error, path);
  }
}

function popen(f: Frame): LuaValue | Signal {
  const command = f.string(1);
  const mode = f.optString(2, "r");
  f.argCheck(mode === "r" || mode === "w", 2, "invalid mode");
  flushAll();
  try {
    return newHandle(f.L.state, new FileStream(processes(f, "popen").popen(command, mode), mode), "process");
  } catch (error) {
    return hostFailure(f, error, command);
  }
}

function tmpfile(f: Frame): LuaValue | Signal {
  try {
    return newHandle(f.L.state, new FileStream(files(f, "tmpfile").temporaryFile(), "rw"), "file");
  } catch (error) {
    return hostFailure(f, error);
  }
}

function closeHandle(f: Frame, handle: FileHandle): LuaValue | Signal {
  const { stream, kind } = handle;
  if (stream === null) return f.error("attempt to use a closed file");
  if (kind === "standard") return f.results(undefined, "cannot close standard file");
  handle.forget();
  try {
    const status = stream.close();
    return kind === "process" && status !== undefined ? processResult(f, status) : true;
  } catch (error) {
    return hostFailure(f, error);
  }
}

function fileClose(f: Frame): LuaValue | Signal {
  return closeHandle(f, anyHandle(f));
}

function close(f: Frame): LuaValue | Signal {
  if (!f.isNone(1)) return fileClose(f);
  return closeHandle(f, handleOf(f, defaultFile(f, DEFAULT_OUTPUT))!);
}

/** __gc and __close: a file that is open is closed, whatever comes of it. */
function release(f: Frame): LuaValue | Signal {
  const handle = anyHandle(f);
  if (handle.stream !== null && handle.kind !== "standard") closeHandle(f, handle);
  return f.none();
}

// ---- reading -----------------------------------------------------------------------------------------------------

/** One value for `format`, argument number `at` as messages count; undefined when it fails. */
function readFormat(f: Frame, stream: FileStream, format: LuaValue, at: number): LuaValue {
  const pay = (bytes: number): void => f.L.state.memory.reserveString(bytes);
  if (isNumber(format)) {
    const count = toInteger(format) ?? f.argError(at, "number has no integer representation");
    if (count === 0) return stream.atEnd() ? undefined : "";
    if (count < 0 || typeof count === "bigint") throw new LuaThrow("not enough memory", undefined, "memory");
    return stream.readBytes(count, pay);
  }
  if (typeof format !== "string") return f.argError(at, `string expected, got ${format === undefined ? "nil" : typeNameOf(format)}`);
  switch (format.charAt(format.startsWith("*") ? 1 : 0)) {
    case "n": return stream.readNumber();
    case "l": return stream.readLine(false, pay);
    case "L": return stream.readLine(true, pay);
    case "a": return stream.readAll(pay);
    default: return f.argError(at, "invalid format");
  }
}

/** All values for `formats`, up to the first that fails; messages count them from argument `first` on. */
function readFormats(f: Frame, stream: FileStream, formats: readonly LuaValue[], first: number): LuaValue[] {
  const results: LuaValue[] = [];
  for (let i = 0; i < formats.length; i++) {
    const v = readFormat(f, stream, formats[i], first + i);
    results.push(v);
    if (v === undefined) break;
    if (typeof v === "string") reserve(f, v.length);
  }
  return results;
}

const LINE: readonly LuaValue[] = ["l"];

function readFrom(f: Frame, stream: FileStream, first: number): LuaValue | Signal {
  try {
    if (f.count < first) return readFormats(f, stream, LINE, first)[0];
    return f.resultArray(readFormats(f, stream, f.args(first), first));
  } catch (error) {
    return hostFailure(f, error);
  }
}

function read(f: Frame): LuaValue | Signal {
  return readFrom(f, defaultStream(f, DEFAULT_INPUT), 1);
}

function fileRead(f: Frame): LuaValue | Signal {
  return readFrom(f, openStream(f), 2);
}

/** The iterator that `lines` returns: reads `formats` from `file` at each call. */
function lineReader(f: Frame, file: Userdata, formats: readonly LuaValue[], closeAtEnd: boolean): NativeFunction {
  f.argCheck(formats.length <= MAX_LINE_FORMATS, MAX_LINE_FORMATS + 2, "too many arguments");
  const handle = file.data as FileHandle;
  const wanted = formats.length === 0 ? LINE : formats;
  const next = (g: Frame): LuaValue | Signal => {
    const { stream } = handle;
    if (stream === null) return g.error("file is already closed");
    let results: LuaValue[];
    try {
      results = readFormats(g, stream, wanted, 2);
    } catch (error) {
      if (error instanceof HostError) return g.error(error.message);
      throw error;
    }
    if (isTruthy(results[0])) return results.length === 1 ? results[0] : g.resultArray(results);
    if (closeAtEnd) closeHandle(g, handle);
    return g.none();
  };
  const iterator = new NativeFunction("io.lines.iterator", next);
  iterator.captured = [file, ...formats];
  return iterator;
}

function fileLines(f: Frame): LuaValue {
  openStream(f);
  return lineReader(f, f.arg(1) as Userdata, f.args(2), false);
}

function lines(f: Frame): LuaValue | Signal {
  const formats = f.args(2);
  if (f.isNoneOrNil(1)) {
    const file = defaultFile(f, DEFAULT_INPUT);
    if (handleOf(f, file)!.stream === null) f.error("attempt to use a closed file");
    return lineReader(f, file as Userdata, formats, false);
  }
  const file = openOrRaise(f, f.string(1), "r");
  return f.results(lineReader(f, file, formats, true), undefined, undefined, file);
}

// ---- writing -----------------------------------------------------------------------------------------------------

/** Writes the arguments from the `first` on; answers `file`. */
function writeTo(f: Frame, stream: FileStream, file: LuaValue, first: number): LuaValue | Signal {
  let failure: unknown;
  for (let i = first; i <= f.count; i++) {
    const v = f.arg(i);
    const text = typeof v === "string" ? v
      : !isNumber(v) ? f.typeError(i, "string")
      : isInteger(v) ? formatNumber(v) : formatG(toDouble(v), FLOAT_DIGITS);
    chargeBytes(f, text.length);
    try {
      stream.write(text);
    } catch (error) {
      failure ??= error; // the rest is written all the same
    }
  }
  return failure === undefined ? file : hostFailure(f, failure);
}

function write(f: Frame): LuaValue | Signal {
  return writeTo(f, defaultStream(f, DEFAULT_OUTPUT), defaultFile(f, DEFAULT_OUTPUT), 1);
}

function fileWrite(f: Frame): LuaValue | Signal {
  return writeTo(f, openStream(f), f.arg(1), 2);
}

function flushStream(f: Frame, stream: FileStream): LuaValue | Signal {
  try {
    stream.flush();
    return true;
  } catch (error) {
    return hostFailure(f, error);
  }
}

function flush(f: Frame): LuaValue | Signal {
  return flushStream(f, defaultStream(f, DEFAULT_OUTPUT));
}

function fileFlush(f: Frame): LuaValue | Signal {
  return flushStream(f, openStream(f));
}

const WHENCE = ["set", "cur", "end"] as const;

function fileSeek(f: Frame): LuaValue | Signal {
  const stream = openStream(f);
  const whence = WHENCE[f.option(2, "cur", WHENCE)]!;
  const offset = f.optSmallInteger(3, 0);
  try {
    return stream.seek(whence, offset);
  } catch (error) {
    return hostFailure(f, error);
  }
}

const BUFFER_MODES = ["no", "full", "line"] as const;

function fileSetvbuf(f: Frame): LuaValue | Signal {
  const stream = openStream(f);
  const mode = BUFFER_MODES[f.option(2, undefined, BUFFER_MODES)]!;
  const size = f.optSmallInteger(3, WRITE_SIZE);
  try {
    stream.setBuffer(mode, size);
    return true;
  } catch (error) {
    return hostFailure(f, error);
  }
}

// ---- the rest ----------------------------------------------------------------------------------------------------

/** io.input and io.output: sets the default file under `key` when there is an argument; answers the default file. */
function setDefault(f: Frame, key: string, mode: "r" | "w"): LuaValue {
  const v = f.arg(1);
  if (v !== undefined) {
    if (typeof v === "string" || isNumber(v)) f.L.state.registry.setStr(key, openOrRaise(f, f.string(1), mode));
    else {
      openStream(f);
      f.L.state.registry.setStr(key, v);
    }
  }
  return defaultFile(f, key);
}

function type(f: Frame): LuaValue {
  const handle = handleOf(f, f.any(1));
  if (handle === undefined) return undefined;
  return handle.stream === null ? "closed file" : "file";
}

function fileToString(f: Frame): LuaValue {
  const handle = anyHandle(f);
  return handle.stream === null ? "file (closed)" : `file (${f.L.state.addressOf(f.arg(1) as Userdata)})`;
}

/** Standard output for hosts that have only a place to write to. */
function writeOnly(write: (text: string) => void): HostFile {
  return {
    read: () => "",
    write,
    seek() {
      throw new HostError("Illegal seek", 29);
    },
    setBuffer() {},
    flush() {},
    close: () => undefined,
  };
}

const stdouts = new WeakMap<Host, HostFile>();
const stderrs = new WeakMap<Host, HostFile>();

function remembered(map: WeakMap<Host, HostFile>, host: Host, make: () => HostFile): HostFile {
  let file = map.get(host);
  if (file === undefined) map.set(host, (file = make()));
  return file;
}

/** The metatable of file handles. */
export function fileMetatable(): LuaTable {
  const meta = new LuaTable();
  meta.setStr("__name", TYPE_NAME);
  addFunctions(meta, "file", { __gc: release, __close: release, __tostring: fileToString });
  const methods = new LuaTable();
  addFunctions(methods, "file", {
    close: fileClose, flush: fileFlush, lines: fileLines, read: fileRead, seek: fileSeek, setvbuf: fileSetvbuf, write: fileWrite,
  });
  meta.setStr("__index", methods);
  return meta;
}

/** Opens the standard files of `state`, whose file handles have the metatable `meta`, as fields of the io library's `table`. */
export function openStandardFiles(state: LuaState, table: LuaTable, meta: LuaTable): void {
  const { host, registry } = state;
  registry.setStr(TYPE_NAME, meta);
  const stdin = newHandle(state, () => standardStream(host.stdin ?? remembered(stdouts, host, () => writeOnly((text) => host.write(text))), "r"), "standard");
  const stdout = newHandle(state, () => standardStream(host.stdout ?? remembered(stdouts, host, () => writeOnly((text) => host.write(text))), "w"), "standard");
  const stderr = newHandle(state, () => standardStream(host.stderr ?? remembered(stderrs, host, () => writeOnly((text) => host.writeError(text))), "w"), "standard");
  table.setStr("stdin", stdin);
  table.setStr("stdout", stdout);
  table.setStr("stderr", stderr);
  registry.setStr(DEFAULT_INPUT, stdin);
  registry.setStr(DEFAULT_OUTPUT, stdout);
}

export const ioLibrary: LibrarySpec = {
  name: "io",
  functions: {
    close, flush, input: (f) => setDefault(f, DEFAULT_INPUT, "r"), lines, open, output: (f) => setDefault(f, DEFAULT_OUTPUT, "w"),
    popen, read, tmpfile, type, write,
  },
  setup: (state, table) => openStandardFiles(state, table, fileMetatable()),
};
