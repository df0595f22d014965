// Upvalues and user values: getupvalue, setupvalue, upvalueid, upvaluejoin, getuservalue, setuservalue (manual, 6.10).
import type { Frame } from "../vm/frame.js";
import { LuaClosure, type LuaFunction, type NativeFunction, type UpVal } from "../vm/function.js";
import type { Signal } from "../vm/signal.js";
import { Userdata, lightUserdata } from "../vm/userdata.js";
import type { LuaValue } from "../vm/value.js";
import { intArgument, optIntArgument } from "./debug-arguments.js";

/** What the name of upvalue `n` (1-based) is given as; undefined when there is no such upvalue. */
function upvalueLabel(func: LuaFunction, n: number): string | undefined {
  const count = func instanceof LuaClosure ? func.upvals.length : func.captured?.length ?? 0;
  if (n < 1 || n > count) return undefined;
  return func instanceof LuaClosure ? func.proto.upvalues[n - 1]!.name ?? "(no name)" : "";
}

export function getupvalue(f: Frame): Signal {
  const n = intArgument(f, 2);
  const func = f.function_(1);
  const name = upvalueLabel(func, n);
  if (name === undefined) return f.none();
  return f.results(name, func instanceof LuaClosure ? func.upvals[n - 1]!.get() : func.captured![n - 1]);
}

export function setupvalue(f: Frame): LuaValue | Signal {
  const v = f.any(3);
  const n = intArgument(f, 2);
  const func = f.function_(1);
  const name = upvalueLabel(func, n);
  if (name === undefined) return f.none();
  if (func instanceof LuaClosure) func.upvals[n - 1]!.set(v); // what a native keeps is its own
  return name;
}

/** Identities for what native functions keep. */
const nativeCells = new WeakMap<NativeFunction, object[]>();

function nativeCell(func: NativeFunction, n: number): object {
  let cells = nativeCells.get(func);
  if (cells === undefined) nativeCells.set(func, (cells = func.captured!.map(() => ({}))));
  return cells[n - 1]!;
}

/** The cell behind upvalue number argument `i + 1` of function argument `i`. */
function upvalueCell(f: Frame, i: number): object | undefined {
  const n = intArgument(f, i + 1);
  const func = f.function_(i);
  if (upvalueLabel(func, n) === undefined) return undefined;
  return func instanceof LuaClosure ? func.upvals[n - 1] : nativeCell(func, n);
}

export function upvalueid(f: Frame): LuaValue {
  const cell = upvalueCell(f, 1);
  return cell === undefined ? undefined : lightUserdata(cell);
}

export function upvaluejoin(f: Frame): Signal {
  for (const i of [1, 3]) f.argCheck(upvalueCell(f, i) !== undefined, i + 1, "invalid upvalue index");
  const to = f.arg(1);
  const from = f.arg(3);
  f.argCheck(to instanceof LuaClosure, 1, "Lua function expected");
  f.argCheck(from instanceof LuaClosure, 3, "Lua function expected");
  to.upvals[intArgument(f, 2) - 1] = upvalueCell(f, 3) as UpVal;
  return f.none();
}

export function getuservalue(f: Frame): LuaValue | Signal {
  const n = optIntArgument(f, 2, 1);
  const v = f.arg(1);
  if (!(v instanceof Userdata) || n < 1 || n > v.userValues.length) return undefined;
  return f.results(v.userValues[n - 1], true);
}

export function setuservalue(f: Frame): LuaValue {
  const n = optIntArgument(f, 3, 1);
  const target = f.arg(1);
  if (!(target instanceof Userdata)) f.typeError(1, "userdata");
  const v = f.any(2);
  if (n < 1 || n > target.userValues.length) return undefined;
  target.userValues[n - 1] = v;
  return target;
}
