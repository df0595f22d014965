// The cases of contexts: running scripts, calling functions, making contexts. See values-cases.ts.
import { LuaEngine } from "../../src/index.js";
import type { Case } from "./values-cases.js";

const engine = new LuaEngine();
const limited = new LuaEngine({ limits: { instructions: 1e15, memory: 64 << 20, output: 1e9 } });
const context = engine.createContext();
const withLimits = limited.createContext();
for (const each of [context, withLimits]) {
  each.setGlobal("base", 10);
  each.executeSync("function add(a, b) return a + b end function nothing() end");
}
const script = context.load("local a, b = 1, 2 return a + b");
const nothing = context.getGlobal("nothing") as { callSync(): unknown; dispose(): void };
let sink: unknown;

const repeat = (work: () => unknown): ((repetitions: number) => void) => (repetitions) => {
  for (let i = 0; i < repetitions; i++) sink = work();
};

export const cases: readonly Case[] = [
  { name: "script from text, executeSync", pieces: 1, target: 10_000, run: repeat(() => context.executeSync("local a, b = 1, 2 return a + b")) },
  { name: "  in a context with limits", pieces: 1, target: 10_000, run: repeat(() => withLimits.executeSync("local a, b = 1, 2 return a + b")) },
  { name: "  a text of 10 lines, never seen before", pieces: 1, run: repeat((() => { let n = 0; return () => context.executeSync(TEN_LINES.replace("N", String(n++))); })()) },
  { name: "loaded script, executeSync", pieces: 1, run: repeat(() => context.executeSync(script)) },
  { name: "host calls Lua by name, two integers", pieces: 1, target: 1000, run: repeat(() => context.callSync("add", [1, 2])) },
  { name: "  in a context with limits", pieces: 1, target: 1000, run: repeat(() => withLimits.callSync("add", [1, 2])) },
  { name: "  with limits of the call", pieces: 1, run: repeat(() => context.callSync("add", [1, 2], { limits: { instructions: 1000 } })) },
  { name: "host calls Lua by reference, nothing crosses", pieces: 1, target: 1000, run: repeat(() => nothing.callSync()) },
  { name: "getGlobal", pieces: 1, run: repeat(() => context.getGlobal("base")) },
  { name: "limits.run in Lua", pieces: 1000, run: repeat(() => context.executeSync("local run, f = limits.run, function() end for i = 1, 1000 do run({ instructions = 100 }, f) end")) },
  { name: "new context, disposed", pieces: 1, target: 20_000, run: repeat(() => engine.createContext().dispose()) },
  { name: "new context, one script, disposed", pieces: 1, run: repeat(() => { const c = engine.createContext(); sink = c.executeSync("x = 1 return x"); c.dispose(); }) },
];

const TEN_LINES = `local total = N
for i = 1, 3 do
  total = total + i
end
local t = { a = 1, b = 2 }
for k, v in pairs(t) do
  total = total + v
end
local s = ("x"):rep(3)
return total, s`;

export { sink };
