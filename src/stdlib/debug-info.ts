// debug.getinfo (manual, 6.10 and 4.7).
import { chunkId } from "../base/chunk-id.js";
import { lineOf } from "../bytecode/proto.js";
import type { Proto } from "../bytecode/proto.js";
import { SIZE, allocate } from "../vm/accounting.js";
import type { Frame } from "../vm/frame.js";
import { LuaClosure, type LuaFunction } from "../vm/function.js";
import { transferOf } from "../vm/hooks.js";
import { currentLine, frameAt, functionName } from "../vm/inspect.js";
import { LuaTable } from "../vm/table.js";
import { type LuaValue, isFunction } from "../vm/value.js";
import { intArgument, targetThread } from "./debug-arguments.js";

const OPTIONS = "SlutnrLf";
const ALL_BUT_LINES = "flnSrtu";

export function getinfo(f: Frame): LuaValue {
  const { L, skip } = targetThread(f);
  const options = f.optString(skip + 2, ALL_BUT_LINES);
  f.argCheck(!options.startsWith(">"), skip + 2, "invalid option '>'");
  const what = f.arg(skip + 1);
  let frame: Frame | undefined;
  let func: LuaFunction;
  if (isFunction(what)) func = what;
  else {
    frame = frameAt(L, intArgument(f, skip + 1));
    if (frame === undefined) return undefined;
    func = frame.func!;
  }
  for (const option of options) f.argCheck(OPTIONS.includes(option), skip + 2, "invalid option");
  allocate(SIZE.table);
  const info = new LuaTable();
  if (options.includes("S")) addSource(info, func);
  if (options.includes("l")) info.setStr("currentline", frame === undefined ? -1 : currentLine(frame));
  if (options.includes("u")) addParameters(info, func);
  if (options.includes("n")) addName(info, frame);
  if (options.includes("r")) addTransfer(info, frame);
  if (options.includes("t")) info.setStr("istailcall", frame !== undefined && frame.tail);
  if (options.includes("L") && func instanceof LuaClosure) info.setStr("activelines", activeLines(f, func.proto));
  if (options.includes("f")) info.setStr("func", func);
  return info;
}

function addSource(info: LuaTable, func: LuaFunction): void {
  const proto = func instanceof LuaClosure ? func.proto : undefined;
  const source = proto === undefined ? "=[C]" : proto.source ?? "=?";
  info.setStr("source", source);
  info.setStr("short_src", chunkId(source));
  info.setStr("linedefined", proto?.lineDefined ?? -1);
  info.setStr("lastlinedefined", proto?.lastLineDefined ?? -1);
  info.setStr("what", proto === undefined ? "C" : proto.lineDefined === 0 ? "main" : "Lua");
}

function addParameters(info: LuaTable, func: LuaFunction): void {
  const isLua = func instanceof LuaClosure;
  info.setStr("nups", isLua ? func.upvals.length : func.captured?.length ?? 0);
  info.setStr("nparams", isLua ? func.proto.numParams : 0);
  info.setStr("isvararg", isLua ? func.proto.isVararg : true);
}

function addName(info: LuaTable, frame: Frame | undefined): void {
  const name = frame === undefined ? undefined : functionName(frame);
  info.setStr("name", name?.name);
  info.setStr("namewhat", name?.kind ?? "");
}

function addTransfer(info: LuaTable, frame: Frame | undefined): void {
  const transfer = frame === undefined ? undefined : transferOf(frame);
  info.setStr("ftransfer", transfer?.first ?? 0);
  info.setStr("ntransfer", transfer?.count ?? 0);
}

/** Set of the lines that have code. */
function activeLines(f: Frame, proto: Proto): LuaTable {
  allocate(SIZE.table);
  const lines = new LuaTable();
  const count = proto.lineInfo.length;
  f.L.state.meter.charge(count);
  for (let pc = proto.isVararg ? 1 : 0; pc < count; pc++) lines.setInt(lineOf(proto, pc), true); // VARARGPREP is nobody's line
  return lines;
}
