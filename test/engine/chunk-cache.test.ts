// Chunks that contexts share keep nothing of a context that is gone.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { LuaEngine } from "../../src/index.js";
import { LuaTable } from "../../src/vm/table.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Looks fields up through metatables, in wide tables and in globals, until every cache has learnt it; hot enough to be compiled. */
const LEARNS = `
  local class = { method = function(self) return self.field end, data = {} }
  class.__index = class
  local wide = {}
  for i = 1, 200 do wide["key" .. i] = i end
  local object = setmetatable({ field = 1 }, class)
  local total = 0
  for i = 1, 2000 do
    total = total + object:method() + wide.key7 + #class.data
    wide.key8 = i
    global = i
  end
  kept = { class, wide, object }
  return total`;

test.each(["off", "auto", "always"] as const)("tables and shapes of a disposed context are free for the collector, jit %s", async (jit) => {
  const engine = new LuaEngine({ jit });
  const held: WeakRef<object>[] = [];
  const use = (): void => {
    const context = engine.createContext();
    for (let i = 0; i < 3; i++) expect(context.executeSync(LEARNS)).toBe(2000 * 8);
    const kept = context.luaState.globals.getStr("kept") as LuaTable;
    for (let i = 1; i <= 3; i++) {
      const table = kept.getInt(i) as LuaTable;
      held.push(new WeakRef(table));
      if (table.shape.dictionary) held.push(new WeakRef(table.shape));
    }
    context.dispose();
  };
  for (let i = 0; i < 5; i++) use();
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    collect();
  }
  expect(held.length).toBeGreaterThanOrEqual(20);
  expect(held.flatMap((ref, i) => (ref.deref() === undefined ? [] : [i % 4]))).toEqual([]);
  engine.dispose();
});

test("a chunk goes on in a context while another that shares it is disposed", () => {
  const engine = new LuaEngine();
  const context = engine.createContext();
  for (let i = 0; i < 5; i++) {
    expect(context.executeSync(LEARNS)).toBe(2000 * 8);
    const other = engine.createContext();
    expect(other.executeSync(LEARNS)).toBe(2000 * 8);
    other.dispose();
    expect(context.executeSync("return #kept")).toBe(3);
  }
  engine.dispose();
});
