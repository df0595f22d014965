import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Memory, MemorySpace, estimateTokens } from "../../../../src/engine/bridges/services/memory.js";
import { namePattern } from "../../../../src/engine/bridges/services/name-pattern.js";
import { decodePlain, encodePlain } from "../../../../src/engine/bridges/services/plain-json.js";
import { ProcessStore, type Store } from "../../../../src/engine/bridges/services/store.js";
import { TextIndex, wordsOf } from "../../../../src/engine/bridges/services/text-index.js";

describe("a memory space", () => {
  const make = (store: Store = new ProcessStore()) => {
    const clock = { time: 1000 };
    const space = (limits?: { maxEntries: number; maxBytes: number }): MemorySpace => new MemorySpace("test", store, () => clock.time, limits);
    return { clock, space };
  };

  test("keeps copies", async () => {
    const space = make().space();
    const given = { list: [1, 2n ** 60n] };
    await space.set("a", given);
    given.list.push(3);
    const first = await space.get("a") as { list: unknown[] };
    expect(first).toEqual({ list: [1, 2n ** 60n] });
    first.list.pop();
    expect(await space.get("a")).toEqual({ list: [1, 2n ** 60n] });
    expect(await space.get("b")).toBeUndefined();
    expect([await space.delete("a"), await space.delete("a"), await space.get("a")]).toEqual([true, false, undefined]);
  });

  test("forgets when time is over: an hour for short-term values, else what ttl says", async () => {
    const { clock, space: makeSpace } = make();
    const space = makeSpace();
    await space.set("short", 1);
    await space.set("quick", 1, { ttl: 2 });
    await space.set("long", 1, { type: "long_term" });
    clock.time += 2000;
    expect(await space.keys()).toEqual(["long", "short"]);
    clock.time += 3_600_000;
    expect([await space.get("short"), await space.keys(), space.statistics().expired]).toEqual([undefined, ["long"], 2]);
    await expect((async () => space.set("x", 1, { ttl: 0 }))()).rejects.toMatchObject({ code: "invalid" });
  });

  test("persistent values are in the store at once, and come back in the next process", async () => {
    const store = new ProcessStore();
    const first = make(store).space();
    await first.set("p", { a: 1 }, { type: "persistent", tags: ["t"] });
    await first.set("s", 1);
    const second = make(store).space();
    expect([await second.keys(), await second.get("p"), await second.get("s")]).toEqual([["p"], { a: 1 }, undefined]);
    expect((await second.search("p")).map(({ key }) => key)).toEqual(["p"]);
    await second.set("p", 2); // short-term now: must not come back
    expect(await make(store).space().get("p")).toBeUndefined();
    await first.set("q", 1, { type: "persistent" });
    await first.clear();
    expect(await make(store).space().keys()).toEqual([]);
  });

  test("makes room by forgetting short-term values, least recently used first", async () => {
    const space = make().space({ maxEntries: 3, maxBytes: 1000 });
    for (const key of ["a", "b", "c"]) await space.set(key, key);
    await space.get("a");
    await space.set("d", "d");
    expect([await space.keys(), space.statistics().evicted]).toEqual([["a", "c", "d"], 1]);
    for (const key of ["x", "y", "z"]) await space.set(key, key, { type: "long_term" });
    await expect((async () => space.set("w", 1))()).rejects.toMatchObject({ code: "full" });
    await space.set("x", "again", { type: "long_term" });
    await expect((async () => space.set("x", "y".repeat(2000), { type: "long_term" }))()).rejects.toMatchObject({ code: "full" });
    expect(await space.get("x")).toBe("again");
  });

  test("lists are rings bounded by items and tokens", async () => {
    const space = make().space();
    for (let i = 1; i <= 10; i++) await space.append("chat", { role: "user", content: `message ${i}` }, { maxItems: 3 });
    expect(await space.get("chat")).toEqual([8, 9, 10].map((i) => ({ role: "user", content: `message ${i}` })));
    for (let i = 0; i < 10; i++) await space.append("tokens", "x".repeat(40), { maxTokens: 35 });
    expect((await space.get("tokens") as string[]).length).toBe(3);
    expect(await space.append("tokens", "x".repeat(4000), { maxTokens: 35 })).toBe(1); // the newest always stays
    await space.set("text", "no list");
    await expect(space.append("text", 1, {})).rejects.toMatchObject({ code: "invalid" });
    expect([estimateTokens("12345"), estimateTokens({ content: "1234" }), estimateTokens([1])]).toEqual([2, 1, 1]);
  });

  test("what was persisted under a name is loaded again", async () => {
    const store = new ProcessStore();
    const { clock, space } = make(store);
    const first = space();
    await first.set("a", [1]);
    await first.set("b", 2, { ttl: 1 });
    expect(await first.persist("backup")).toBe(2);
    clock.time += 1500;
    const second = space();
    expect([await second.load("backup"), await second.get("a"), await second.get("b"), await second.load("none")]).toEqual([1, [1], undefined, undefined]);
  });

  test("a store that holds something else does no harm", async () => {
    const store = new ProcessStore();
    await store.set("memory/test/entry/x", '{"key": 1}');
    await store.set("memory/test/snapshot/s", '[1, {"key": "k"}, null]');
    const space = make(store).space();
    expect([await space.get("x"), await space.keys(), await space.load("s")]).toEqual([undefined, [], 0]);
  });

  test("keys and values that cannot be kept are refused", async () => {
    const space = make().space();
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    for (const [key, value] of [["", 1], ["x".repeat(600), 1], ["f", () => 1], ["c", cyclic], ["h", new Date()]] as const) {
      await expect((async () => space.set(key, value))()).rejects.toMatchObject({ name: "BridgeFailure" });
    }
    expect(space.statistics().entries).toBe(0);
  });

  test("behaves as a map does", async () => {
    const command = fc.oneof(
      fc.record({ kind: fc.constant("set" as const), key: fc.constantFrom("a", "b", "a/b", "%", "ü"), value: fc.jsonValue(), type: fc.constantFrom("long_term" as const, "persistent" as const) }),
      fc.record({ kind: fc.constant("delete" as const), key: fc.constantFrom("a", "b", "a/b", "%", "ü") }),
      fc.record({ kind: fc.constant("reopen" as const) }),
    );
    await fc.assert(fc.asyncProperty(fc.array(command), async (commands) => {
      const store = new ProcessStore();
      let space = make(store).space();
      let expected = new Map<string, { value: unknown; type: string }>();
      for (const each of commands) {
        if (each.kind === "set") {
          await space.set(each.key, each.value, { type: each.type });
          expected.set(each.key, each);
        } else if (each.kind === "delete") expect(await space.delete(each.key)).toBe(expected.delete(each.key));
        else {
          space = make(store).space();
          expected = new Map([...expected].filter(([, { type }]) => type === "persistent"));
        }
      }
      expect(await space.keys()).toEqual([...expected.keys()].sort());
      for (const [key, { value }] of expected) expect(JSON.stringify(await space.get(key))).toBe(JSON.stringify(value));
    }), { numRuns: 100 });
  });
});

test("spaces are apart by scope and owner", async () => {
  const memory = new Memory(new ProcessStore());
  await memory.space("agent", "a/b").set("k", 1);
  expect(memory.space("agent", "a/b")).toBe(memory.space("agent", "a/b"));
  for (const [scope, owner] of [["agent", "a"], ["global", undefined], ["session", "a/b"], ["agent", "a%2Fb"]] as const) expect(await memory.space(scope, owner).get("k")).toBeUndefined();
});

describe("search", () => {
  const index = (texts: Record<string, string>): TextIndex => {
    const made = new TextIndex();
    for (const [id, text] of Object.entries(texts)) made.add(id, text);
    return made;
  };
  const ids = (made: TextIndex, query: string): string[] => made.search(query, 10).map(({ id }) => id);

  test("rare words, several words and short texts count more", () => {
    const made = index({ a: "the cat sat on the mat", b: "the dog", c: "the cat and the dog and the bird with a long tail", d: "quantum physics for cats" });
    expect(ids(made, "quantum")).toEqual(["d"]);
    expect(ids(made, "cat dog")[0]).toBe("c");
    expect(ids(made, "dog")).toEqual(["b", "c"]);
    expect(ids(made, "quan")).toEqual(["d"]);
    expect(ids(made, "qu")).toEqual([]);
    expect(ids(made, "zebra")).toEqual([]);
  });

  test("texts that are replaced or removed are not found any more", () => {
    const made = index({ a: "one two", b: "two" });
    made.add("a", "three");
    made.remove("b");
    made.remove("none");
    expect([ids(made, "one"), ids(made, "two"), ids(made, "three")]).toEqual([[], [], ["a"]]);
  });

  test("words of any script", () => {
    expect(wordsOf("User_name: Größe, 量子 42!")).toEqual(["user", "name", "größe", "量子", "42"]);
  });

  test("finds each text by each of its words", () => {
    fc.assert(fc.property(fc.uniqueArray(fc.lorem({ maxCount: 6 }), { minLength: 1, maxLength: 8 }), (texts) => {
      const made = index(Object.fromEntries(texts.map((text, i) => [`t${i}`, text])));
      texts.forEach((text, i) => wordsOf(text).forEach((word) => expect(ids(made, word)).toContain(`t${i}`)));
    }));
  });
});

test("plain values survive as JSON", () => {
  const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, fc.constant(null), fc.boolean(), fc.double(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.string(), fc.uint8Array(), fc.array(tie("value")),
      fc.dictionary(fc.oneof(fc.string(), fc.constant("$perilune"), fc.constant("__proto__")), tie("value")), fc.array(fc.tuple(fc.double({ noNaN: true }), tie("value"))).map((entries) => new Map(entries))),
  })).value;
  const shown = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(shown);
    if (part instanceof Map) return ["map", [...part].map(shown)];
    if (part instanceof Uint8Array) return ["bytes", ...part];
    if (typeof part === "object" && part !== null) return ["object", ...Object.entries(part).map(([key, each]) => [key, shown(each)])];
    return Object.is(part, -0) ? "-0" : typeof part === "bigint" ? `${part}n` : part;
  };
  fc.assert(fc.property(value, (given) => {
    expect(shown(decodePlain(encodePlain(given)))).toEqual(shown(given));
  }));
});

test.each([
  ["*", "a.b", true], ["a.*", "a.b", true], ["a.*", "a.b.c", true], ["a.*", "a", false], ["*.b", "a.b", true], ["*.b", "a.c.b", false], ["a.*.c", "a.b.c", true], ["a.*.c", "a.b.d", false],
  ["a.b", "a.b", true], ["a.b", "a.bc", false], ["get_*", "get_x", true], ["get_*", "set_x", false], ["a.get_*", "a.get_x", true], ["a*c*e", "abcde", true], ["a*c*e", "ace", true], ["a*ce*e", "ace", false], ["**", "x", true],
])("pattern %s on %s: %s", (pattern, name, expected) => {
  expect(namePattern(pattern)(name)).toBe(expected);
});
