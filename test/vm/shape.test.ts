// Shapes: shared by tables that got the same keys in the same order, bounded in number.
import { describe, expect, test } from "vitest";
import { dictionaryOf, rootShape } from "../../src/vm/shape.js";
import { LuaTable } from "../../src/vm/table.js";

const tableWith = (...keys: string[]): LuaTable => {
  const t = new LuaTable();
  for (const key of keys) t.set(key, true);
  return t;
};

describe("sharing", () => {
  test("the same keys in the same order give the same shape, another order another one", () => {
    expect(tableWith("x", "y").shape).toBe(tableWith("x", "y").shape);
    expect(tableWith("x", "y").shape).not.toBe(tableWith("y", "x").shape);
  });

  test("siblings do not see each other's keys", () => {
    const parent = tableWith("name").shape;
    const left = parent.add("left");
    const right = parent.add("right");
    expect([parent.find("left"), left.find("left"), left.find("right"), right.find("right"), right.find("left")]).toEqual([-1, 1, -1, 1, -1]);
    expect([left.size, right.size, parent.size]).toEqual([2, 2, 1]);
  });

  test("assigning nil keeps the shape, so a field that comes and goes stays cached", () => {
    const t = tableWith("a", "b");
    const { shape } = t;
    t.set("a", undefined);
    t.set("a", 1);
    expect(t.shape).toBe(shape);
  });

  test("slots are found by linear search and by index alike", () => {
    const names = Array.from({ length: 40 }, (_, i) => `f${i}`);
    const { shape } = tableWith(...names);
    expect(shape.dictionary).toBe(false);
    expect(names.map((name) => shape.find(name))).toEqual(names.map((_, i) => i));
    expect(shape.find("f40")).toBe(-1);
  });
});

describe("dictionaries", () => {
  test("start past 64 keys, and belong to one table", () => {
    const names = Array.from({ length: 65 }, (_, i) => `d${i}`);
    expect(tableWith(...names.slice(0, 64)).shape.dictionary).toBe(false);
    const one = tableWith(...names);
    const two = tableWith(...names);
    expect(one.shape.dictionary && two.shape.dictionary).toBe(true);
    one.set("only here", 1);
    expect([one.get("only here"), two.get("only here")]).toEqual([1, undefined]);
  });

  test("start at a key too long to be kept for everybody", () => {
    expect(tableWith("k".repeat(40)).shape.dictionary).toBe(false);
    expect(tableWith("k".repeat(41)).shape.dictionary).toBe(true);
  });

  test("grow in place, with an index that follows", () => {
    const shape = dictionaryOf(["a", "b", "c", "d", "e", "f", "g"]);
    expect(shape.find("g")).toBe(6); // builds the index
    expect(shape.add("h")).toBe(shape);
    expect([shape.find("h"), shape.find("i")]).toEqual([7, -1]);
  });
});

describe("the tree is bounded", () => {
  test("made-up keys begin a new tree now and then, and old tables go on working", () => {
    const before = rootShape();
    const old = tableWith("first", "second");
    let replaced = 0;
    let root = before;
    for (let i = 0; i < 45_000; i++) {
      new LuaTable().set(`made up ${i}`, 1);
      if (rootShape() !== root) {
        root = rootShape();
        replaced++;
      }
    }
    expect(replaced).toBeGreaterThanOrEqual(2);
    old.set("third", 3);
    expect([old.get("first"), old.get("third"), old.get("fourth")]).toEqual([true, 3, undefined]);
    expect(tableWith("x", "y").shape).toBe(tableWith("x", "y").shape);
  });

  test("a shape that outlives its tree forgets what was added below it", () => {
    const kept = tableWith("kept").shape;
    for (let i = 0; i < 60_000; i++) tableWith("kept", `added ${i}`);
    const { transitions } = kept as unknown as { transitions: Map<string, unknown> | null };
    expect(transitions?.size ?? 0).toBeLessThan(20_000);
    expect(tableWith("kept").shape.add("more")).toBe(tableWith("kept", "more").shape);
  });

  test("wide shapes fill it sooner than narrow ones", () => {
    const wide = Array.from({ length: 40 }, (_, i) => `wide ${i}`);
    const begin = tableWith(...wide).shape;
    let root = rootShape();
    let trees = 0;
    for (let i = 0; i < 10_000; i++) {
      begin.add(`end ${i}`).find("wide 3");
      if (rootShape() !== root) trees++;
      root = rootShape();
    }
    expect(trees).toBeGreaterThan(5);
  });
});
