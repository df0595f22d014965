// Both views of values: every rule of the plain view, nothing lost in the tagged one, bounds, hostile objects.
import { deepStrictEqual } from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ScriptError } from "../../src/engine/errors.js";
import { Handle } from "../../src/engine/handle.js";
import type { ScriptValue } from "../../src/engine/script-value.js";
import { LuaTable } from "../../src/vm/table.js";
import { LuaLimitError } from "../../src/vm/state.js";
import { LimitReached } from "../../src/vm/limits.js";
import { Bench } from "./support.js";

/** A plain object of the kind conversions make. */
const record = (fields: Record<string, unknown>): object => Object.assign(Object.create(null) as object, fields);

function failure(run: () => unknown): ScriptError {
  try {
    run();
  } catch (error) {
    if (error instanceof ScriptError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("Lua to plain", () => {
  const lua = new Bench();

  test.each<[string, unknown]>([
    ["nil", undefined],
    ["true", true],
    ["42", 42],
    ["-0.0", -0],
    ["1.0", 1],
    ["1.5", 1.5],
    ["1e300", 1e300],
    ["1/0", Infinity],
    ["0/0", NaN],
    ["9007199254740991", 9007199254740991],
    ["9007199254740992", 9007199254740992n],
    ["math.mininteger", -(2n ** 63n)],
    ["'Grüße, 世界'", "Grüße, 世界"],
    ["'\\u{FEFF}x'", "\uFEFFx"],
    ["'\\xff\\x00'", new Uint8Array([255, 0])],
    ["''", ""],
    ["{}", record({})],
    ["{1, 'two', {3}}", [1, "two", [3]]],
    ["{a = 1, b = {c = true}}", record({ a: 1, b: record({ c: true }) })],
    ["{1, nil, 3}", [1, undefined, 3]],
    ["{[1000000] = 'far'}", record({ 1000000: "far" })],
    ["{[0] = 'zero', 'one'}", record({ 0: "zero", 1: "one" })],
    ["{[-1] = 'before'}", record({ "-1": "before" })],
    ["{'one', x = 'y'}", record({ 1: "one", x: "y" })],
    ["{[math.maxinteger] = true}", record({ "9223372036854775807": true })],
    ["{[1.5] = 'half'}", new Map([[1.5, "half"]])],
    ["{[true] = 1, x = 2}", new Map<unknown, unknown>([["x", 2], [true, 1]])],
    ["{'one', ['1'] = 'text'}", new Map<unknown, unknown>([[1, "one"], ["1", "text"]])],
    ["{['\\xff'] = 1}", new Map([[new Uint8Array([255]), 1]])],
  ])("%s", (source, expected) => {
    const value = lua.plain(`return ${source}`);
    expect(value).toStrictEqual(expected);
    if (Array.isArray(expected)) expect(Object.getPrototypeOf(value)).toBe(Array.prototype);
  });

  test("a table that a script emptied is an object, also when it held a list", () => {
    expect(lua.plain("local t = {1, 2} t[1] = nil t[2] = nil return t")).toStrictEqual(record({}));
  });

  test("what comes again and again becomes the same as what comes once: __proto__ and constructor are only keys", () => {
    const [values, once] = [lua.plain(`
      local list = {}
      for i = 1, 40 do list[i] = {constructor = i, toString = i % 3 == 0 and i or nil, __proto__ = {polluted = i}, inner = {i, x = {}}} end
      return list`) as Record<string, unknown>[], (i: number) => record({
      constructor: i, ...(i % 3 === 0 ? { toString: i } : {}), ["__proto__"]: record({ polluted: i }), inner: record({ 1: i, x: record({}) }),
    })];
    values.forEach((value, i) => {
      expect(Object.getPrototypeOf(value)).toBe(null);
      expect(Object.getPrototypeOf(Object.getOwnPropertyDescriptor(value, "__proto__")?.value)).toBe(null);
      deepStrictEqual(value, once(i + 1));
    });
    expect(({} as Record<string, unknown>)["polluted"]).toBe(undefined);
  });

  test.each([1, 2, 31, 32, 33, 34, 200])("%i objects that are met twice stay one each, both ways", (count) => {
    const objects = Array.from({ length: count }, (_, i) => ({ i }));
    const native = lua.converter.fromPlain([...objects, ...objects]) as LuaTable;
    for (let i = 1; i <= count; i++) expect(native.getInt(i)).toBe(native.getInt(count + i));
    expect(new Set(Array.from({ length: 2 * count }, (_, i) => native.getInt(i + 1))).size).toBe(count);
    const back = lua.converter.toPlain(native) as readonly object[];
    expect(new Set(back).size).toBe(count);
    back.forEach((object, i) => expect(object).toBe(back[i % count]));
  });

  test("objects have no prototype: __proto__ and constructor are only keys", () => {
    const value = lua.plain("return {__proto__ = {polluted = true}, constructor = 1, toString = 2}") as Record<string, unknown>;
    expect(Object.getPrototypeOf(value)).toBe(null);
    expect(Object.keys(value).sort()).toEqual(["__proto__", "constructor", "toString"]);
    expect(value["polluted"]).toBe(undefined);
    expect(({} as Record<string, unknown>)["polluted"]).toBe(undefined);
  });

  test("cycles and shared tables stay", () => {
    const value = lua.plain("local shared = {} local t = {a = shared, b = shared} t.self = t return t") as Record<string, unknown>;
    expect(value["self"]).toBe(value);
    expect(value["a"]).toBe(value["b"]);
  });

  test("metamethods never run", () => {
    const value = lua.plain(`
      local calls = 0
      local function count() calls = calls + 1 end
      local t = setmetatable({x = 1, setmetatable({}, {__index = count, __pairs = count, __len = count, __tostring = count})},
        {__index = count, __pairs = count, __len = count, __name = "T", __metatable = false})
      called = function() return calls end
      return t`);
    expect(value).toStrictEqual(record({ 1: record({}), x: 1 }));
    expect(lua.plain("return called()")).toBe(0);
  });

  test("strings: as text with replacements, or all as bytes, when asked", () => {
    const value = lua.eval("return {'\\xff', 'a', k = 'b'}");
    expect(lua.converter.toPlain(value, { strings: "text" })).toStrictEqual(record({ 1: "\uFFFD", 2: "a", k: "b" }));
    expect(lua.converter.toPlain(value, { strings: "bytes" })).toStrictEqual(record({ 1: new Uint8Array([255]), 2: new Uint8Array([97]), k: new Uint8Array([98]) }));
  });

  test("coroutines and foreign userdata are handles", () => {
    expect(lua.plain("return coroutine.create(print)")).toBeInstanceOf(Handle);
  });
});

describe("plain to Lua", () => {
  const lua = new Bench();
  const shown = (value: unknown): unknown => {
    lua.set("v", value);
    return lua.plain(`
      local function show(v)
        if type(v) == "table" then
          local keys = {}
          for k in next, v do keys[#keys + 1] = show(k) .. "=" .. show(v[k]) end
          table.sort(keys)
          return "{" .. table.concat(keys, " ") .. "}"
        end
        local kind = math.type(v)
        return kind == "float" and string.format("float %a", v) or kind == "integer" and tostring(v) or type(v) == "string" and string.format("%q", v) or tostring(v)
      end
      return show(v)`.replace("local function show", "function show"));
  };

  test.each<[unknown, string]>([
    [undefined, "nil"],
    [null, "nil"],
    [true, "true"],
    [1, "1"],
    [1.5, "float 0x1.8p+0"],
    [-0, "float -0x0p+0"],
    [2 ** 53, "float 0x1p+53"],
    [Number.MAX_SAFE_INTEGER, "9007199254740991"],
    [2n ** 62n, "4611686018427387904"],
    [5n, "5"],
    [Infinity, "float inf"],
    ["é", '"é"'],
    [new Uint8Array([0x61, 0x62]), '"ab"'],
    [new Uint8Array([0x61, 0x62]).buffer, '"ab"'],
    [new DataView(new Uint8Array([0x61, 0x62]).buffer, 1), '"b"'],
    [new Uint8ClampedArray([0x61]), '"a"'],
    [new Int16Array([-1, 2]), "{1=-1 2=2}"],
    [new Float64Array([1, 0.5]), "{1=float 0x1p+0 2=float 0x1p-1}"],
    [new BigInt64Array([-(2n ** 63n), 1n]), "{1=-9223372036854775808 2=1}"],
    [[], "{}"],
    [["a", undefined, null, "d"], '{1="a" 4="d"}'],
    [{ a: 1, b: undefined }, '{"a"=1}'],
    [new Map<unknown, unknown>([[1, "one"], ["k", [true]]]), '{"k"={1=true} 1="one"}'],
    [new Set(["x", 2]), '{"x"=true 2=true}'],
    [new Date(1_700_000_000_000), "1700000000"],
    [new Date(1500), "float 0x1.8p+0"],
    [Object.assign(new RangeError("too far"), { code: 7 }), '{"code"=7 "message"="too far" "name"="RangeError"}'],
  ])("%o", (value, expected) => {
    expect(shown(value)).toBe(expected);
  });

  test.each<[string, unknown, string]>([
    ["symbol", Symbol("s"), "a symbol cannot cross into Lua"],
    ["promise inside a value", { p: Promise.resolve(1) }, "a Promise cannot cross into Lua by copy"],
    ["regular expression", /x/, "a RegExp cannot cross into Lua by copy"],
    ["boxed string", Object("text"), "a boxed string cannot cross into Lua by copy"],
    ["bigint of 65 bits", 2n ** 63n, "bigint 9223372036854775808 does not fit a 64-bit integer"],
    ["NaN as a key", new Map([[NaN, 1]]), "NaN cannot be the key of a table"],
    ["undefined in a Set", new Set([undefined]), "nil cannot be the key of a table"],
    ["invalid date", new Date(NaN), "an invalid date cannot cross into Lua"],
  ])("refuses: %s", (_, value, message) => {
    expect(failure(() => lua.converter.fromPlain(value))).toMatchObject({ code: "type", message });
  });

  test("own enumerable string keys only: no prototype, no symbols", () => {
    class Account {
      visible = 1;
      #secret = 2;
      get derived(): number {
        return this.#secret;
      }
    }
    const account = Object.assign(new Account(), { [Symbol("s")]: 3 });
    Object.defineProperty(account, "hidden", { value: 4, enumerable: false });
    expect(shown(account)).toBe('{"visible"=1}');
    expect(shown(JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}'))).toBe('{"__proto__"={"x"=1} "constructor"=2}');
    expect(failure(() => lua.converter.fromPlain(account, { instances: "refuse" })).message).toBe("an instance of a class cannot cross into Lua by copy here");
  });

  test("holes of arrays are not filled from a polluted prototype", () => {
    const prototype = Array.prototype as unknown as Record<number, unknown>;
    prototype[1] = "polluted";
    try {
      expect(shown([1, , 3])).toBe("{1=1 3=3}");
    } finally {
      delete prototype[1];
    }
  });

  test("a Map is known by what it is, not by its prototype", () => {
    class Sly extends Map<string, number> {
      override forEach(): void {
        throw new Error("must not run");
      }
      override get size(): number {
        throw new Error("must not run");
      }
    }
    expect(shown(new Sly([["a", 1]]))).toBe('{"a"=1}');
    expect(shown(Object.create(Map.prototype))).toBe("{}");
    expect(shown({ [Symbol.toStringTag]: "Map", a: 1 })).toBe('{"a"=1}');
  });

  test("each property is read once; what a getter throws is the cause", () => {
    let reads = 0;
    const counted = { get n() { return ++reads; } };
    expect(shown([counted, counted])).toBe('{1={"n"=1} 2={"n"=1}}');
    const reason = new Error("not now");
    const error = failure(() => lua.converter.fromPlain({ get broken() { throw reason; } }));
    expect(error).toMatchObject({ code: "type", message: "cannot convert the value: not now", cause: reason });
  });

  test("hostile Proxies end with a typed error", () => {
    const endless: object = new Proxy({}, { ownKeys: () => ["next"], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }), get: () => endlessCopy() });
    function endlessCopy(): object {
      return new Proxy({}, { ownKeys: () => ["next"], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }), get: () => endlessCopy() });
    }
    expect(failure(() => lua.converter.fromPlain(endless))).toMatchObject({ code: "limit", message: "value is nested too deeply (more than 200 levels)" });
    expect(failure(() => lua.converter.fromPlain(new Proxy([], { get: () => 1e15 })))).toMatchObject({ code: "limit" });
    expect(failure(() => lua.converter.fromPlain(new Proxy([], { get: () => "many" })))).toMatchObject({ code: "type" });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(failure(() => lua.converter.fromPlain(proxy)).code).toBe("type");
    expect(failure(() => lua.converter.fromPlain(new Proxy({}, { getPrototypeOf: () => { throw "thrown text"; } }))).message).toBe("cannot convert the value: thrown text");
  });

  test("null can be kept apart from nil", () => {
    lua.state.globals.setStr("v", lua.converter.fromPlain({ gone: null, list: [null, null] }, { nulls: "null" }));
    expect(lua.plain("return {v, type(v.gone), v.gone == v.list[1], #v.list}")).toStrictEqual([record({ gone: null, list: [null, null] }), "userdata", true, 2]);
  });

  test("Lua values inside a result are themselves", () => {
    const table = new LuaTable();
    expect((lua.converter.fromPlain({ table }) as LuaTable).getStr("table")).toBe(table);
  });
});

describe("bounds", () => {
  test("depth, both ways", () => {
    const lua = new Bench();
    const nested = lua.eval("local t = {} for _ = 1, 250 do t = {t} end return t");
    expect(failure(() => lua.converter.toPlain(nested))).toMatchObject({ code: "limit", message: "value is nested too deeply (more than 200 levels)" });
    expect(failure(() => lua.converter.toTagged(nested))).toMatchObject({ code: "limit" });
    expect(lua.converter.toPlain(nested, { maxDepth: 300 })).toBeInstanceOf(Array);
    let deep: unknown = 1;
    for (let i = 0; i < 250; i++) deep = [deep];
    expect(failure(() => lua.converter.fromPlain(deep))).toMatchObject({ code: "limit" });
    expect(() => lua.converter.toPlain(nested, { maxDepth: 0 })).toThrow(RangeError);
    expect(() => lua.converter.toPlain(nested, { maxDepth: 1e6 })).toThrow(RangeError);
  });

  test("a metatable chain counts as depth in the tagged view", () => {
    const lua = new Bench();
    const chain = lua.eval("local t = {} for _ = 1, 250 do t = setmetatable({}, t) end return t");
    expect(failure(() => lua.converter.toTagged(chain)).code).toBe("limit");
  });

  test("size, both ways", () => {
    const lua = new Bench();
    const large = lua.eval("local t = {} for i = 1, 200 do t[i] = i end return t");
    expect(failure(() => lua.converter.toPlain(large, { maxValues: 100 }))).toMatchObject({ code: "limit", message: "value is too large (more than 100 values)" });
    expect(failure(() => lua.converter.toTagged(large, { maxValues: 100 })).code).toBe("limit");
    expect(failure(() => lua.converter.fromPlain(new Array(101).fill(1), { maxValues: 100 })).code).toBe("limit");
    expect(failure(() => lua.converter.fromPlain(new Array(2 ** 32 - 1))).code).toBe("limit");
  });

  test("a wide graph of shared tables is converted once, not once a path", () => {
    const lua = new Bench();
    const lattice = lua.eval("local t = {} for _ = 1, 60 do t = {t, t} end return t");
    expect(lua.converter.toPlain(lattice)).toBeInstanceOf(Array);
    expect(lua.converter.toTagged(lattice).kind).toBe("array");
  });

  test("the meter pays, and its limit ends a conversion", () => {
    const lua = new Bench();
    let given: unknown;
    lua.state.globals.setStr("take", lua.converter.hostFunction({ name: "take", params: [{ name: "x", type: "any" }], run: () => undefined }));
    lua.state.globals.setStr("give", lua.converter.hostFunction({ name: "give", params: [], run: () => given }));
    const charged = (source: string): number => {
      const before = lua.state.meter.charged;
      lua.eval(source);
      return lua.state.meter.charged - before;
    };
    expect(charged("list = {} for i = 1, 1000 do list[i] = i end take(list)")).toBe(1000);
    given = new Array(1000).fill(1);
    expect(charged("give()")).toBe(1001);
    given = "x".repeat(3200);
    expect(charged("give()")).toBe(100);
    lua.state.meter.setLimit(lua.state.meter.used + 500);
    expect(() => lua.eval("pcall(take, list)")).toThrow(expect.objectContaining({ kind: "instructions" }) as LuaLimitError);
    expect(lua.converter.toPlain(lua.state.globals.getStr("list"))).toHaveLength(1000); // the host may look all the same
  });

  test("a copy that does not fit the memory limit is not made", () => {
    const lua = new Bench({ limits: { memory: 1_000_000 } });
    expect(() => lua.converter.fromPlain(new Array(100_000).fill("text"))).toThrow(expect.objectContaining({ kind: "memory" }) as LimitReached);
    expect(() => lua.converter.fromPlain("x".repeat(2_000_000))).toThrow(expect.objectContaining({ kind: "memory" }) as LimitReached);
    expect(lua.plain("return #string.rep('x', 100000)")).toBe(100_000);
  });

  test("what host values take is seen by the memory limit of the script", () => {
    const lua = new Bench({ limits: { memory: 2_000_000 } });
    lua.set("give", () => new Array(1000).fill("text"));
    expect(() => lua.eval("local keep = {} for i = 1, 1000 do keep[i] = give() end")).toThrow(LuaLimitError);
    expect(lua.plain("for i = 1, 1000 do local _ = give() end return 'ok'")).toBe("ok");
  });
});

/** Plain values that come back equal: no undefined inside, no floats that are integral but not safe, well-formed text. */
const plainValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  scalar: fc.oneof(
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.double().filter((n) => !Number.isInteger(n) || Number.isSafeInteger(n)),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
    fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
    fc.string({ unit: "grapheme" }),
    fc.uint8Array({ minLength: 1 }).filter((bytes) => bytes.some((b) => b === 0xff)),
  ),
  key: fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("__proto__", "constructor", "toString", "1", "0", "-1", "length", "__index")),
  value: fc.oneof({ maxDepth: 4, withCrossShrink: true }, tie("scalar"), fc.array(tie("value"), { maxLength: 5 }), tie("object")),
  object: fc.array(fc.tuple(tie("key"), tie("value")), { maxLength: 5 }).map((entries) => {
    const object = Object.create(null) as Record<string, unknown>;
    for (const [key, value] of entries) object[key as string] = value;
    return object;
  }),
})).value;

describe("round trips", () => {
  test("plain → Lua → plain", () => {
    const lua = new Bench();
    fc.assert(fc.property(plainValue, (value) => {
      deepStrictEqual(lua.converter.toPlain(lua.converter.fromPlain(value)), value); // knows −0, NaN and prototypes apart
    }));
  });

  test("tagged → Lua → tagged, and Lua → tagged → Lua compared by Lua itself", () => {
    const lua = new Bench();
    fc.assert(fc.property(taggedValue, (value) => {
      const crossed = lua.converter.fromTagged(value);
      deepStrictEqual(lua.converter.toTagged(crossed), value);
      lua.state.globals.setStr("a", crossed);
      lua.state.globals.setStr("b", lua.converter.fromTagged(lua.converter.toTagged(crossed)));
      expect(lua.plain(`
        local function same(x, y)
          if type(x) ~= type(y) or math.type(x) ~= math.type(y) then return false end
          if type(x) ~= "table" then return x == y and (x ~= 0 or 1 / x == 1 / y) or x ~= x and y ~= y end
          local keysX, keysY = {}, {}
          for k in next, x do keysX[#keysX + 1] = k end
          for k in next, y do keysY[#keysY + 1] = k end
          if #keysX ~= #keysY then return false end
          for i, k in ipairs(keysX) do
            if not same(k, keysY[i]) or not same(x[k], y[keysY[i]]) then return false end
          end
          return same(debug.getmetatable(x), debug.getmetatable(y))
        end
        return same(a, b)`.replace("local function same", "function same"))).toBe(true);
    }));
  });

  test("any graph of tables keeps its edges, both views", () => {
    const lua = new Bench();
    const graph = fc.integer({ min: 1, max: 6 }).chain((n) => fc.array(fc.tuple(fc.nat(n - 1), fc.constantFrom("a", "b", "c"), fc.nat(n - 1)), { maxLength: 12 }).map((edges) => ({ n, edges })));
    fc.assert(fc.property(graph, ({ n, edges }) => {
      const nodes = Array.from({ length: n }, () => Object.create(null) as Record<string, unknown>);
      for (const [from, label, to] of edges) nodes[from]![label] = nodes[to];
      const table = lua.converter.fromPlain(nodes);
      expect(edgesOf(lua.converter.toPlain(table) as Record<string, unknown>[])).toEqual(edgesOf(nodes));
      const again = lua.converter.fromTagged(lua.converter.toTagged(table));
      expect(edgesOf(lua.converter.toPlain(again) as Record<string, unknown>[])).toEqual(edgesOf(nodes));
    }));
  });
});

/** The edges of a list of nodes that refer to each other, by position. */
function edgesOf(nodes: readonly Record<string, unknown>[]): string[] {
  return nodes.flatMap((node, i) => Object.keys(node).sort().map((label) => `${i} ${label} ${nodes.indexOf(node[label] as Record<string, unknown>)}`));
}

const taggedValue: fc.Arbitrary<ScriptValue> = fc.letrec<{ key: ScriptValue; value: ScriptValue; table: ScriptValue }>((tie) => ({
  key: fc.oneof(
    fc.boolean().map((value): ScriptValue => ({ kind: "boolean", value })),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).filter((n) => n < 1n || n > 100n).map((value): ScriptValue => ({ kind: "integer", value })),
    fc.double({ noNaN: true }).filter((n) => !Number.isInteger(n)).map((value): ScriptValue => ({ kind: "float", value })),
    fc.uint8Array({ maxLength: 8 }).map((bytes): ScriptValue => ({ kind: "string", bytes })),
  ),
  value: fc.oneof(
    { maxDepth: 3 },
    tie("key"),
    fc.double().map((value): ScriptValue => ({ kind: "float", value })),
    fc.array(tie("value"), { maxLength: 4 }).map((items): ScriptValue => ({ kind: "array", items })),
    tie("table"),
  ),
  table: fc.record({
    entries: fc.uniqueArray(fc.tuple(tie("key"), tie("value")), { minLength: 1, maxLength: 4, selector: ([key]) => keyText(key) }),
    metatable: fc.option(fc.array(tie("value"), { maxLength: 2 }), { nil: undefined, freq: 4 }),
  }).map(({ entries, metatable }): ScriptValue => ({
    kind: "object",
    entries: [...entries].sort((a, b) => Number(b[0].kind === "string") - Number(a[0].kind === "string")), // traversal order: strings first
    ...(metatable === undefined ? {} : { metatable: { kind: "array", items: metatable } }),
  })),
})).value;

function keyText(key: ScriptValue): string {
  return JSON.stringify(key, (_, v: unknown) => (typeof v === "bigint" ? `${v}n` : v === Infinity ? "inf" : v === -Infinity ? "-inf" : v));
}

describe("tagged", () => {
  const lua = new Bench();
  const tagged = (source: string): ScriptValue => lua.converter.toTagged(lua.eval(`return ${source}`));

  test("tells apart what the plain view does not", () => {
    expect(tagged("1")).toEqual({ kind: "integer", value: 1n });
    expect(tagged("1.0")).toEqual({ kind: "float", value: 1 });
    expect(tagged("{}")).toEqual({ kind: "array", items: [] });
    expect(tagged("{[2] = true}")).toEqual({ kind: "object", entries: [[{ kind: "integer", value: 2n }, { kind: "boolean", value: true }]] });
    expect(tagged("'\\xff'")).toEqual({ kind: "string", bytes: new Uint8Array([255]) });
  });

  test("functions, coroutines and userdata come back as themselves", () => {
    for (const source of ["print", "function() end", "coroutine.create(print)"]) {
      const value = lua.eval(`return ${source}`);
      expect(lua.converter.fromTagged(lua.converter.toTagged(value))).toBe(value);
    }
  });

  test("a metatable comes back with its effects, and its __gc counts", () => {
    const value = lua.eval("return setmetatable({1}, {__index = {inherited = 7}, __gc = function() collected = true end})");
    lua.state.globals.setStr("copy", lua.converter.fromTagged(lua.converter.toTagged(value)));
    expect(lua.plain("return copy.inherited")).toBe(7);
    expect(lua.plain("copy = nil collected = nil collectgarbage() return collected")).toBe(true);
  });

  test.each<[string, unknown]>([
    ["undefined", undefined],
    ["a plain value", 5],
    ["an unknown kind", { kind: "tuple" }],
    ["an integer that is a number", { kind: "integer", value: 1 }],
    ["an integer of 65 bits", { kind: "integer", value: 2n ** 64n }],
    ["a float that is text", { kind: "float", value: "1" }],
    ["a string without bytes", { kind: "string", bytes: "x" }],
    ["a nil key", { kind: "object", entries: [[{ kind: "nil" }, { kind: "nil" }]] }],
    ["entries that are no pairs", { kind: "object", entries: [1] }],
    ["no items", { kind: "array" }],
    ["a handle that is none", { kind: "function", handle: {} }],
    ["a metatable that is none", { kind: "object", entries: [], metatable: { kind: "boolean", value: true } }],
  ])("refuses %s", (_, value) => {
    expect(failure(() => lua.converter.fromTagged(value as ScriptValue)).code).toBe("type");
  });

  test("refuses a handle of another context", () => {
    const other = new Bench();
    const foreign = other.converter.toTagged(other.eval("return print"));
    expect(failure(() => lua.converter.fromTagged(foreign)).message).toBe("this function handle belongs to another context");
  });
});
