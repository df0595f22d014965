// The cases of bench/engine/values.ts. Each `run(n)` repeats its work n times; a repetition counts for `pieces` operations.
import { converterOf } from "../../src/engine/conversion.js";
import { multi } from "../../src/engine/host-function.js";
import { byReference, exposing } from "../../src/engine/host-object.js";
import { runtimeOf } from "../../src/engine/runtime.js";
import type { LuaCallable } from "../../src/engine/script-value.js";
import { LuaFloat, createState } from "../../src/index.js";
import type { LuaValue } from "../../src/vm/value.js";

export interface Case {
  readonly name: string;
  /** Operations in one repetition. */
  readonly pieces: number;
  /** Nanoseconds that one operation may take. */
  readonly target?: number;
  readonly run: (repetitions: number) => void;
}

const state = createState();
const converter = converterOf(runtimeOf(state));
const evaluate = (source: string): LuaValue => state.call(state.load(source, "=bench"))[0];

const scalars: readonly LuaValue[] = [42, true, 1.5, new LuaFloat(2), "a short string", undefined, 7, "another"];
const hostScalars: readonly unknown[] = [42, true, 1.5, 2, "a short string", undefined, 7, "another"];
const fields = evaluate("local t = {} for i = 1, 1000 do t['field' .. i] = i end return t");
const list = evaluate("local t = {} for i = 1, 1000 do t[i] = i end return t");
const small = evaluate("return {role = 'user', content = 'hello there', tokens = 12, done = false}");
const hostFields = converter.toPlain(fields);
const hostList = converter.toPlain(list);
const hostSmall = converter.toPlain(small);
let sink: unknown;

const LOOP = 1000;
/** A Lua loop around a call, without the loop's own cost: both are measured, the table shows each. */
function luaLoop(body: string): (repetitions: number) => void {
  const func = evaluate(`return function(n) for _ = 1, n do ${body} end end`);
  return (repetitions) => {
    for (let i = 0; i < repetitions; i++) state.call(func, [LOOP]);
  };
}

function repeat(work: () => unknown): (repetitions: number) => void {
  return (repetitions) => {
    for (let i = 0; i < repetitions; i++) sink = work();
  };
}

const define = (name: string, value: LuaValue): void => state.globals.setStr(name, value);
define("none", converter.hostFunction({ name: "none", params: [], run: () => undefined }));
define("one", converter.hostFunction({ name: "one", params: [{ name: "n", type: "integer" }], run: (_, n: number) => n }));
define("any", converter.fromPlain((a: unknown, b: unknown) => (sink = a ?? b)));
define("three", converter.hostFunction({ name: "three", params: [{ name: "s", type: "string" }, { name: "n", type: "number" }, { name: "b", type: "boolean" }], run: () => multi(1, 2) }));
define("object", converter.fromPlain(byReference({ value: 1, get: () => 1 }, exposing<{ value: number; get: () => number }>("Thing", ["value", "get"]))));
evaluate("luanone = function() end");
const callable = converter.toPlain(evaluate("return function(n) return n end")) as LuaCallable;

export const cases: readonly Case[] = [
  { name: "scalar, Lua to plain", pieces: scalars.length, target: 100, run: repeat(() => { for (const value of scalars) sink = converter.toPlain(value); }) },
  { name: "scalar, plain to Lua", pieces: hostScalars.length, target: 100, run: repeat(() => { for (const value of hostScalars) sink = converter.fromPlain(value); }) },
  { name: "scalar, Lua to tagged", pieces: scalars.length, run: repeat(() => { for (const value of scalars) sink = converter.toTagged(value); }) },
  { name: "object of 1000 fields, Lua to plain", pieces: 1, target: 100_000, run: repeat(() => converter.toPlain(fields)) },
  { name: "object of 1000 fields, plain to Lua", pieces: 1, target: 100_000, run: repeat(() => converter.fromPlain(hostFields)) },
  { name: "  the same, structuredClone", pieces: 1, run: repeat(() => structuredClone(hostFields)) },
  { name: "  the same, JSON there and back", pieces: 1, run: repeat(() => JSON.parse(JSON.stringify(hostFields)) as unknown) },
  { name: "list of 1000 integers, Lua to plain", pieces: 1, run: repeat(() => converter.toPlain(list)) },
  { name: "list of 1000 integers, plain to Lua", pieces: 1, run: repeat(() => converter.fromPlain(hostList)) },
  { name: "object of 4 fields, Lua to plain", pieces: 1, run: repeat(() => converter.toPlain(small)) },
  { name: "object of 4 fields, plain to Lua", pieces: 1, run: repeat(() => converter.fromPlain(hostSmall)) },
  { name: "  the same, structuredClone", pieces: 1, run: repeat(() => structuredClone(hostSmall)) },
  { name: "Lua calls Lua, loop included", pieces: LOOP, run: luaLoop("luanone()") },
  { name: "Lua calls host, nothing crosses", pieces: LOOP, target: 300, run: luaLoop("none()") },
  { name: "Lua calls host, an integer there and back", pieces: LOOP, target: 300, run: luaLoop("one(5)") },
  { name: "Lua calls host, untyped, two arguments", pieces: LOOP, target: 300, run: luaLoop("any(5, true)") },
  { name: "Lua calls host, three typed arguments, two results", pieces: LOOP, run: luaLoop("three('text', 1.5, true)") },
  { name: "Lua reads a property of a host object", pieces: LOOP, run: luaLoop("local _ = object.value") },
  { name: "Lua calls a method of a host object", pieces: LOOP, run: luaLoop("object:get()") },
  { name: "host calls Lua (callSync)", pieces: 1, target: 1000, run: repeat(() => callable.callSync(5)) },
];

export { sink };
