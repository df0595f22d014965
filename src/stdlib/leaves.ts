// Which library functions emitted code may call without frames below them (NativeFunction.leaf): those that neither call Lua
// code nor look at frames nor suspend, and have done nothing yet when they raise. And which it does itself (NativeFunction.role).
import { ALWAYS, NativeFunction, type LeafTest, type Role, RoleKind } from "../vm/function.js";
import { INTRINSICS, Intrinsic } from "../vm/intrinsic.js";
import type { LibrarySpec } from "../vm/library.js";
import { LuaTable } from "../vm/table.js";
import { Userdata } from "../vm/userdata.js";
import { isTruthy } from "../vm/value.js";
import { finishProtected } from "./basic.js";
import { finishResume } from "./coroutine.js";
import { QUICK_FORMS } from "./quick-forms.js";
import { sortsInOneGo } from "./sort.js";

/** No argument has a metatable of its own. */
const plain: LeafTest = (stack, at, nargs) => {
  for (let i = at + 1; i <= at + nargs; i++) {
    const v = stack[i];
    if (typeof v === "object" && (v instanceof Userdata || (v instanceof LuaTable && v.metatable !== null))) return false;
  }
  return true;
};

const numbers: LeafTest = (stack, at, nargs) => {
  for (let i = at + 1; i <= at + nargs; i++) if (typeof stack[i] !== "number") return false;
  return nargs > 0;
};

/** math.random moves its generator on before it looks at its arguments. */
const validInterval: LeafTest = (stack, at, nargs) => {
  if (nargs === 0) return true;
  const low = nargs === 1 ? 1 : stack[at + 1];
  const up = stack[at + nargs];
  return nargs <= 2 && Number.isSafeInteger(low) && Number.isSafeInteger(up) && (low as number) <= (up as number);
};

/** string.gsub calls a function, and the __index of a table. */
const plainReplacement: LeafTest = (stack, at, nargs) => {
  const replacement = stack[at + 3];
  return nargs >= 3 && (typeof replacement !== "object" || (replacement instanceof LuaTable && replacement.metatable === null));
};

/** table.sort by `<` on what this compares without metamethods. */
const naturalOrder: LeafTest = (stack, at, nargs) => nargs >= 1 && (nargs === 1 || stack[at + 2] === undefined) && sortsInOneGo(stack[at + 1]);

const LEAVES: Readonly<Record<string, LeafTest>> = {
  assert: (stack, at, nargs) => nargs > 0 && isTruthy(stack[at + 1]),
  getmetatable: ALWAYS, ipairs: ALWAYS, next: ALWAYS, pairs: plain, rawequal: ALWAYS, rawget: ALWAYS, rawlen: ALWAYS, rawset: ALWAYS,
  select: ALWAYS, setmetatable: ALWAYS, tonumber: ALWAYS, tostring: plain, type: ALWAYS,
  "string.byte": ALWAYS, "string.char": ALWAYS, "string.find": ALWAYS, "string.format": plain, "string.gmatch": ALWAYS,
  "string.gsub": plainReplacement, "string.len": ALWAYS, "string.lower": ALWAYS, "string.match": ALWAYS, "string.rep": ALWAYS,
  "string.reverse": ALWAYS, "string.sub": ALWAYS, "string.upper": ALWAYS, "string.pack": ALWAYS, "string.packsize": ALWAYS,
  "string.unpack": ALWAYS,
  "math.max": numbers, "math.min": numbers, "math.random": validInterval,
  "table.concat": plain, "table.insert": plain, "table.pack": ALWAYS, "table.remove": plain, "table.sort": naturalOrder, "table.unpack": plain,
  "utf8.char": ALWAYS, "utf8.codepoint": ALWAYS, "utf8.len": ALWAYS, "utf8.offset": ALWAYS,
  "coroutine.create": ALWAYS, "coroutine.isyieldable": ALWAYS, "coroutine.running": ALWAYS, "coroutine.status": ALWAYS,
  "coroutine.wrap": ALWAYS,
};
for (const name of [
  "abs", "ceil", "floor", "fmod", "modf", "log", "atan", "tointeger", "type", "ult", "frexp", "ldexp", "acos", "asin", "cos", "sin", "tan",
  "exp", "sqrt", "deg", "rad", "cosh", "sinh", "tanh", "log10", "pow",
]) (LEAVES as Record<string, LeafTest>)[`math.${name}`] = ALWAYS;

const ROLES: Readonly<Record<string, Role>> = {
  pcall: { kind: RoleKind.Pcall, done: finishProtected },
  xpcall: { kind: RoleKind.Xpcall, done: finishProtected },
  error: { kind: RoleKind.Error, done: null },
  assert: { kind: RoleKind.Assert, done: null },
  "coroutine.resume": { kind: RoleKind.Resume, done: finishResume },
  "coroutine.yield": { kind: RoleKind.Yield, done: null },
};

/** Marks the functions of a library in its table. Where something stands in for one of them, as a refusal may, it stays as it is. */
export function markLeaves(table: LuaTable, { functions }: LibrarySpec): void {
  for (let p = table.seek(0); p >= 0; p = table.seek(p + 1)) {
    const key = table.keyAt(p) as string;
    const value = table.valueAt(p);
    if (!(value instanceof NativeFunction) || (Object.hasOwn(functions, key) && functions[key] !== value.run)) continue;
    value.leaf ??= LEAVES[value.name] ?? null;
    value.quick ??= QUICK_FORMS[value.name] ?? null;
    value.role ??= ROLES[value.name] ?? null;
    value.intrinsic = INTRINSICS[value.name] ?? Intrinsic.None;
  }
}
