// Small values do not keep large ones in memory, within a state or beyond its life: JavaScript's strings can refer to the text
// they were cut from or put together of, and nothing of that is seen by a count of bytes.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { createSandboxedState } from "../../src/engine/sandbox.js";
import { setLimits } from "../../src/index.js";
import type { LuaState } from "../../src/vm/state.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function heap(): number {
  for (let i = 0; i < 3; i++) collect();
  return process.memoryUsage().heapUsed;
}

const MB = 1 << 20;
/** A text of a megabyte, another each time. */
const LARGE = `(("z"):rep(1 << 20) .. i)`;

/** Keeps forty small things, each cut from a large text of its own. */
const PIECES: Readonly<Record<string, string>> = {
  "string.sub": `t[i] = ${LARGE}:sub(5, 40)`,
  "string.sub, again and again": `local s = ${LARGE} while #s > 40 do s = s:sub(1, #s * 2 // 3) end t[i] = s`,
  "string.match": `t[i] = ${LARGE}:match("^(" .. ("z"):rep(30) .. ")")`,
  "string.match without captures": `t[i] = ${LARGE}:match("^" .. ("z"):rep(30))`,
  "string.gmatch": `for x in (("z"):rep(30) .. " " .. ${LARGE}):gmatch("%a+") do t[i] = x break end`,
  "string.find": `t[i] = select(3, ${LARGE}:find("^(" .. ("z"):rep(30) .. ")"))`,
  "string.gsub": `t[i] = (("a"):rep(30) .. ${LARGE}):gsub("z+", "")`,
  "captures of string.gsub": `${LARGE}:gsub("^" .. ("z"):rep(30), function(x) t[i] = x end)`,
  "string.format": `t[i] = ("%.30s"):format(${LARGE})`,
  "string.unpack": `t[i] = string.unpack("c30", ${LARGE})`,
  "string.unpack of a counted string": `t[i] = string.unpack("z", ("x"):rep(30) .. "\\0" .. ${LARGE})`,
  "a concatenation of pieces": `local s = ${LARGE} t[i] = s:sub(1, 20) .. s:sub(-20)`,
  "a key": `t[${LARGE}:sub(-30)] = i`,
  "a constant of a chunk": `t[i] = load("return 'a constant of thirty bytes !!!' --" .. ${LARGE}, "=x")`,
  "a name in a chunk": `t[i] = load("a_name_of_more_than_thirteen_bytes = 1 --" .. ${LARGE}, "=x")`,
  "a long string in a chunk": `t[i] = load("return [[a constant of thirty bytes !!!]] --" .. ${LARGE}, "=x")`,
  "a syntax error": `t[i] = select(2, load("x = = " .. ${LARGE}))`,
  "a run-time error": `t[i] = select(2, pcall(load("error('stop')", ${LARGE})))`,
};

test.each(Object.entries(PIECES))("%s", (_, piece) => {
  const state = createSandboxedState();
  setLimits(state, { memory: 12 * MB });
  const before = heap();
  state.call(state.load(`t = {} for i = 1, 40 do ${piece} end`, "=x"));
  expect(heap() - before).toBeLessThan(8 * MB); // 40 MB when each keeps its text
  expect(state.memoryInUse).toBeGreaterThan(0); // still there
});

test("strings put together in small steps take no more than they count, once there is a limit", () => {
  const state = createSandboxedState();
  setLimits(state, { memory: 8 * MB });
  const before = heap();
  expect(() => state.call(state.load(`t = {} for i = 1, 1e6 do local s = "abcdefghijkl" for j = 1, 28 do s = s .. "x" end t[i] = s end`, "=x"))).toThrow("memory limit reached");
  expect(heap() - before).toBeLessThan(12 * MB); // 90 MB when they are chains of parts
});

test("the text of a chunk counts as long as its functions live", () => {
  const state = createSandboxedState();
  setLimits(state, { memory: 8 * MB });
  expect(() => state.call(state.load(`t = {} for i = 1, 40 do t[i] = load("return 1 --" .. ${LARGE}) end`, "=x"))).toThrow("memory limit reached");
});

test("nothing of a state that is gone stays in what states share: keys, patterns, formats, names", () => {
  const use = (i: number): void => {
    const state: LuaState = createSandboxedState();
    state.call(state.load(`
      local i = ${i}
      local large = ${LARGE}
      local key = large:sub(-30) .. "x"
      local t = { [key] = 1 }
      _G[large:sub(-35)] = 2
      string.find("x", large:sub(-40))
      string.format(large:sub(-45), 1)
      load(large:sub(-25) .. " = 1")
      setmetatable({}, { __index = t })[key] = 1`, "=x"));
  };
  for (let i = 0; i < 5; i++) use(i);
  const before = heap();
  for (let i = 0; i < 40; i++) use(100_000 + i);
  expect(heap() - before).toBeLessThan(6 * MB); // 40 MB when one of them keeps the text
});
