// Guarded tables under attack: every way a script has to write to a table, on the interpreter and on emitted code.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createState, LuaTable, type LuaValue } from "../../src/index.js";
import { fillTable } from "../../src/vm/slow-paths.js";
import { setMetatable } from "../../src/vm/metatables.js";

const TIERS = ["off", "always"] as const;

/** Everything a table holds, in the order of traversal. */
function contents(t: LuaTable): [LuaValue, LuaValue][] {
  const found: [LuaValue, LuaValue][] = [];
  for (let at = t.seek(0); at >= 0; at = t.seek(at + 1)) found.push([t.keyAt(at), t.valueAt(at)]);
  return found;
}

/** A state in which `frozen` is a read-only table of all kinds of keys, and `open` a table made in the same way. */
function stateWithFrozen(jit: (typeof TIERS)[number], name = "frozen"): { run: (source: string) => LuaValue[]; frozen: LuaTable } {
  const state = createState({ jit });
  const make = state.load(`return { a = 1, b = { 2 }, [-1] = "minus", [1.5] = "half", [true] = "yes", 10, 20, 30 }`, "=make");
  const [frozen] = state.call(make) as [LuaTable];
  const [open] = state.call(make) as [LuaTable];
  frozen.makeReadOnly(name);
  state.globals.setStr("frozen", frozen);
  state.globals.setStr("open", open);
  return { frozen, run: (source) => state.call(state.load(source, "=attack")) };
}

/** Each gets `t`; none may change the frozen table, all must fail there and succeed on an open one. */
const WRITES: readonly string[] = [
  "t.a = 2", "t.a = nil", "t.new = 1", "t['a'] = 2", "t['n' .. 'ew'] = 1", "t[1] = 0", "t[1] = nil", "t[4] = 40", "t[5] = 50", "t[-1] = 0", "t[-2] = 0",
  "t[1.5] = 0", "t[2.0] = 0", "t[2^53] = 1", "t[true] = 0", "t[false] = 0", "t[print] = 0", "t[math.mininteger] = 1", "t[#t + 1] = 1",
  "rawset(t, 'a', 2)", "rawset(t, 'new', 2)", "rawset(t, 1, 2)", "rawset(t, 4, 2)", "rawset(t, true, 2)", "setmetatable(t, {})", "setmetatable(t, nil)",
  "debug.setmetatable(t, {})", "debug.setmetatable(t, nil)",
  "table.insert(t, 1)", "table.insert(t, 1, 1)", "table.insert(t, 2, 1)", "table.remove(t)", "table.remove(t, 1)", "table.remove(t, 4)",
  "table.sort(t)", "table.sort(t, function(a, b) return a > b end)", "table.move({ 1, 2, 3 }, 1, 3, 1, t)", "table.move(t, 1, 3, 2)", "table.move({ 1, 2 }, 1, 2, -5, t)",
  "for k in next, t do t[k] = nil end", "for k, v in pairs(t) do t[k] = v end", "for i in ipairs(t) do t[i] = i end",
  "local env = t; local _ENV = env; a = 2", "local _ENV = t; function f() end", "local proxy = setmetatable({}, { __newindex = t }); proxy.a = 5",
  "t.a, t.b = 1, 2", "local u <const> = t; u.a = 3", "(function(...) local x = ...; x.a = 1 end)(t)",
  "local co = coroutine.wrap(function() t.a = 1 end); co()",
];

describe.each(TIERS)("a read-only table, jit %s", (jit) => {
  test.each(WRITES)("refuses %s", (write) => {
    const { run, frozen } = stateWithFrozen(jit);
    const before = contents(frozen);
    run(`local function attack(t) ${write} end for i = 1, 300 do attack({ a = 1, b = 2, 10, 20, 30, [-1] = 1, [1.5] = 1, [true] = 1 }) end`);
    const [ok, message] = run(`local function attack(t) ${write} end return pcall(attack, frozen)`);
    expect(contents(frozen)).toEqual(before);
    expect(frozen.metatable).toBeNull();
    expect([ok, message]).toEqual([false, expect.stringMatching(/attempt to (modify|change the metatable of) a read-only table \('frozen'\)$/)]);
  });

  test.each(WRITES)("refuses %s once the instruction has written to many tables like it", (write) => {
    const { run, frozen } = stateWithFrozen(jit);
    const before = contents(frozen);
    const [failures] = run(`
      local function attack(t) ${write} end
      local failures = 0
      for i = 1, 400 do
        local t = { a = 1, b = { 2 }, [-1] = "minus", [1.5] = "half", [true] = "yes", 10, 20, 30 }
        if i % 100 == 0 then t = frozen end
        if not pcall(attack, t) then failures = failures + 1 end
      end
      return failures`);
    expect(failures).toBe(4);
    expect(contents(frozen)).toEqual(before);
  });

  test("becomes read-only although instructions have cached its shape", () => {
    const state = createState({ jit });
    const [write, t] = state.call(state.load("local t = { a = 1, b = 2, c = 3 } local function write(v) t.a = v; t.new = v; t.new = nil end for i = 1, 500 do write(i) end return write, t", "=x")) as [LuaValue, LuaTable];
    t.makeReadOnly("late");
    expect(() => state.call(write, [7])).toThrow("attempt to modify a read-only table ('late')");
    expect(t.getStr("a")).toBe(500);
  });

  test("can be read in every way", () => {
    const { run } = stateWithFrozen(jit);
    expect(run(`
      local keys = 0
      for _ in pairs(frozen) do keys = keys + 1 end
      local list = {}
      for i, v in ipairs(frozen) do list[i] = v end
      return #frozen, frozen[2], frozen.a, frozen[-1], frozen[1.5], frozen[true], frozen.none, keys, table.concat(list, ","),
        table.concat(frozen, ","), select("#", table.unpack(frozen)), rawlen(frozen), rawget(frozen, 3), frozen.b[1], next(frozen) ~= nil
    `)).toEqual([3, 20, 1, "minus", "half", "yes", undefined, 8, "10,20,30", "10,20,30", 3, 3, 30, 2, true]);
  });

  test("does not protect what it refers to", () => {
    const { run } = stateWithFrozen(jit);
    expect(run("frozen.b[1] = 9; frozen.b.x = 1; return frozen.b[1], frozen.b.x")).toEqual([9, 1]);
  });

  test("with __newindex hands new keys to it, and keeps its own", () => {
    const state = createState({ jit });
    const [t] = state.call(state.load("return setmetatable({ a = 1 }, { __newindex = function(t, k, v) log = k .. v end })", "=x")) as [LuaTable];
    t.makeReadOnly("");
    state.globals.setStr("t", t);
    expect(state.call(state.load("t.b = 2; return log, rawget(t, 'b')", "=x"))).toEqual(["b2", undefined]);
    expect(() => state.call(state.load("t.a = 2", "=x"))).toThrow("x:1: attempt to modify a read-only table (global 't')");
    expect(() => state.call(state.load("table.insert(t, 1) table.insert(t, 'a')", "=x"))).not.toThrow();
  });

  test("says where, and of which table", () => {
    const state = createState({ jit });
    const t = new LuaTable();
    t.makeReadOnly("");
    state.globals.setStr("t", t);
    const failure = (source: string): unknown => {
      try {
        return state.call(state.load(source, "=x"));
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(failure("\n\nt.x = 1")).toBe("x:3: attempt to modify a read-only table (global 't')");
    expect(failure("local u = { v = t }\nu.v.x = 1")).toBe("x:2: attempt to modify a read-only table (field 'v')");
    expect(failure("\nt[1] = 1")).toBe("x:2: attempt to modify a read-only table");
    expect(failure("\nrawset(t, 1, 1)")).toBe("x:2: attempt to modify a read-only table");
  });
});

describe("a table with fixed fields", () => {
  test.each(TIERS)("takes new values but no new keys, jit %s", (jit) => {
    const state = createState({ jit });
    const [t] = state.call(state.load("return { a = 1, b = 2 }", "=x")) as [LuaTable];
    t.refuseNewKeys("_G");
    state.globals.setStr("t", t);
    const run = (source: string): LuaValue[] => state.call(state.load(source, "=x"));
    expect(run("for i = 1, 500 do t.a = i end t.b = nil t.b = 7 rawset(t, 'a', t.a + 1) return t.a, t.b")).toEqual([501, 7]);
    for (const write of ["t.c = 1", "t[1] = 1", "t[true] = 1", "rawset(t, 'c', 1)", "rawset(t, 0.5, 1)", "table.insert(t, 1)", "setmetatable(t, {})", "t['c'] = 3",
      "for i = 1, 300 do local u = { a = 1, b = 2 } if i == 300 then u = t end u.c = 1 end"]) {
      expect(() => run(write)).toThrow(/attempt to (create (field 'c'|a field) in|change the metatable of) a table with fixed fields \('_G'\)/);
    }
    expect(contents(t)).toEqual([["a", 501], ["b", 7]]);
  });
});

describe("tables that share their slots", () => {
  test.each(TIERS)("copy them at the first write, jit %s", (jit) => {
    const state = createState({ jit });
    const [template] = state.call(state.load("return { a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7 }", "=x")) as [LuaTable];
    template.makeTemplate("template");
    const tables = Array.from({ length: 40 }, () => LuaTable.sharing(template));
    const before = contents(template);
    const writes = ["t.a = 100", "t.new = 1", "rawset(t, 'b', 5)", "t.c = nil", "t[1] = 1", "t[true] = 1", "t['d'] = 8", "setmetatable(t, { __index = { z = 1 } }); t.a = 3", "table.insert(t, 7)"];
    for (const write of writes) {
      const t = tables.pop()!;
      const other = tables.at(-1)!;
      state.globals.setStr("t", t);
      const [change] = state.call(state.load(`return function(t) ${write} end`, "=x"));
      for (let i = 0; i < 300; i++) state.call(change, [(state.call(state.load("return { a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7 }", "=x")) as [LuaTable])[0]]);
      state.call(change, [t]);
      state.call(change, [t]);
      expect(contents(t)).not.toEqual(before);
      expect(contents(other)).toEqual(before);
      expect(contents(template)).toEqual(before);
    }
  });

  test("as an __index, what is found through them follows a write", () => {
    const state = createState();
    const template = new LuaTable();
    template.setStr("x", 1);
    template.makeTemplate("template");
    const [a, b] = [LuaTable.sharing(template), LuaTable.sharing(template)];
    state.globals.setStr("a", a);
    state.globals.setStr("b", b);
    expect(state.call(state.load(`
      local o, p = setmetatable({}, { __index = a }), setmetatable({}, { __index = b })
      local function get(t) return t.x, t.y end
      for i = 1, 500 do get(o) get(p) end
      a.x = 2 a.y = 3
      local x1, y1 = get(o)
      local x2, y2 = get(p)
      return x1, y1, x2, y2`, "=x"))).toEqual([2, 3, 1, undefined]);
  });
});

describe("the host", () => {
  test("can change a guarded table through changeGuarded, and the guard is back after it", () => {
    const state = createState();
    const t = new LuaTable();
    t.setStr("a", 1);
    t.makeReadOnly("config");
    state.globals.setStr("t", t);
    const get = state.load("return t.a, t.b", "=x");
    for (let i = 0; i < 300; i++) state.call(get);
    t.changeGuarded(() => {
      t.setStr("a", 2);
      t.setStr("b", 3);
      t.setInt(1, "one");
    });
    expect(state.call(get)).toEqual([2, 3]);
    expect(() => state.call(state.load("t.a = 1", "=x"))).toThrow("read-only table ('config')");
    expect(() => t.changeGuarded(() => { throw new Error("stop"); })).toThrow("stop");
    expect(t.isReadOnly).toBe(true);
  });

  test("gets an error where it forgets to", () => {
    const t = new LuaTable();
    t.makeReadOnly("config");
    for (const change of [() => t.setStr("a", 1), () => t.setInt(1, 1), () => t.set(true, 1), () => t.setMetatable(null), () => fillTable(t, [undefined, 1], 0, 1, 0),
      () => setMetatable(createState(), t, new LuaTable())]) expect(change).toThrow(expect.objectContaining({ kind: "permission" }));
    expect(contents(t)).toEqual([]);
  });
});

test("property: a mix of writes on open and read-only tables of the same shapes leaves the read-only ones as they were", () => {
  const key = fc.oneof(fc.constantFrom("a", "b", "c", "long_key_name"), fc.integer({ min: -2, max: 6 }), fc.boolean());
  fc.assert(fc.property(fc.array(fc.tuple(key, fc.integer({ min: 0, max: 9 })), { maxLength: 8 }), fc.array(fc.tuple(fc.boolean(), key, fc.option(fc.integer())), { maxLength: 30 }), fc.constantFrom(...TIERS), (fields, writes, jit) => {
    const state = createState({ jit });
    const build = (): LuaTable => {
      const t = new LuaTable();
      for (const [k, v] of fields) t.set(k, v);
      return t;
    };
    const frozen = build();
    const before = contents(frozen).map(String).sort();
    frozen.makeReadOnly("frozen");
    const open = build();
    state.globals.setStr("frozen", frozen);
    state.globals.setStr("open", open);
    const model = new Map<unknown, unknown>(fields);
    const literal = (k: LuaValue): string => (typeof k === "string" ? `"${k}"` : String(k));
    for (const [onFrozen, k, v] of writes) {
      const statement = typeof k === "string" ? `local t = ... t.${k} = ${v}` : `local t = ... t[${literal(k)}] = ${v}`;
      const write = state.load(statement, "=x");
      state.call(write, [open]);
      state.call(write, [open]);
      if (v === null) model.delete(k);
      else model.set(k, v);
      if (onFrozen) expect(() => state.call(write, [frozen])).toThrow("read-only");
    }
    expect(contents(frozen).map(String).sort()).toEqual(before);
    expect(new Map(contents(open) as [unknown, unknown][])).toEqual(model);
  }), { numRuns: 150 });
});
