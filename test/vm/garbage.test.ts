// When V8 is asked for a collection. What that does for the process's memory, test/security/engine/exhaustion.test.ts measures.
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";

const MB = 1024 * 1024;

interface FakeHeap {
  used: number;
  /** What a collection leaves. */
  alive: number;
  collections: number;
}

/** The module, with a heap of its own under it; `gc` as a new context would have it. */
async function withHeap(gc: (heap: FakeHeap) => unknown = collector): Promise<{ heap: FakeHeap; foundDead: (bytes: number) => void }> {
  const heap: FakeHeap = { used: 0, alive: 0, collections: 0 };
  const modules: Record<string, unknown> = {
    "node:v8": { setFlagsFromString: () => {}, getHeapStatistics: () => ({ used_heap_size: heap.used }) },
    "node:vm": { runInNewContext: () => gc(heap) },
  };
  const spy = vi.spyOn(process, "getBuiltinModule").mockImplementation(((name: string) => modules[name]) as typeof process.getBuiltinModule);
  onTestFinished(() => spy.mockRestore());
  const { foundDead } = await import("../../src/vm/garbage.js");
  return { heap, foundDead };
}

const collector = (heap: FakeHeap) => (): void => {
  heap.used = heap.alive;
  heap.collections++;
};

beforeEach(() => vi.resetModules());

describe("a collection is asked for", () => {
  test("once enough has died that is still there", async () => {
    const { heap, foundDead } = await withHeap();
    heap.alive = 5 * MB;
    for (let i = 0; i < 100; i++) {
      heap.used += 4 * MB;
      foundDead(4 * MB);
      expect(heap.used).toBeLessThan(30 * MB);
    }
    expect(heap.collections).toBeGreaterThan(10);
  });

  test("not for a heap that only grows", async () => {
    const { heap, foundDead } = await withHeap();
    for (let i = 0; i < 100; i++) {
      heap.used += 4 * MB;
      foundDead(0);
    }
    expect(heap.collections).toBe(0);
  });

  test("not where V8 has collected by itself", async () => {
    const { heap, foundDead } = await withHeap();
    for (let i = 0; i < 100; i++) {
      heap.used = (i % 3) * 4 * MB;
      foundDead(4 * MB);
    }
    expect(heap.collections).toBe(0);
  });

  test("seldom in a process with much alive", async () => {
    const { heap, foundDead } = await withHeap();
    heap.used = heap.alive = 900 * MB;
    foundDead(8 * MB);
    const before = heap.collections;
    for (let i = 0; i < 100; i++) {
      heap.used += 4 * MB;
      foundDead(4 * MB);
    }
    expect(heap.collections - before).toBe(1);
  });
});

test.each([
  ["without these modules", (): never => { throw new Error("never asked"); }, true],
  ["without the flag", (): never => { throw new ReferenceError("gc is not defined"); }, false],
])("a platform %s is left alone", async (_, gc, none) => {
  const { heap, foundDead } = await withHeap(gc);
  if (none) vi.spyOn(process, "getBuiltinModule").mockImplementation((() => undefined) as typeof process.getBuiltinModule);
  heap.used = 100 * MB;
  for (let i = 0; i < 10; i++) foundDead(20 * MB);
  expect(heap.collections).toBe(0);
});
