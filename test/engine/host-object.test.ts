// Host objects by reference: only listed members, the right `this`, identity, and every way around the list that a script could try.
import { describe, expect, test } from "vitest";
import { HostType, byReference, exposing } from "../../src/engine/host-object.js";
import { Bench } from "./support.js";

class Counter {
  count = 0;
  secret = "token";
  constructor(readonly step = 1) {}
  add(n = this.step): number {
    return (this.count += n);
  }
  self(): this {
    return this;
  }
  destroy(): void {
    this.count = -1;
  }
}

const counterType = exposing<Counter>("Counter", ["count", "step", "add", "self"], { writable: ["count"] });

function benchWith(counter: object = new Counter(), type: HostType = counterType as unknown as HostType): Bench {
  const lua = new Bench();
  lua.set("c", byReference(counter, type));
  return lua;
}

/** Message of the error that a script raises. */
function complaint(lua: Bench, source: string): unknown {
  return lua.plain(`local ok, message = pcall(function() ${source} end) return not ok and message`);
}

describe("members", () => {
  test("listed ones work, with the right this", () => {
    const counter = new Counter(5);
    const lua = benchWith(counter);
    expect(lua.plain("return {c.count, c:add(), c:add(2), c.add(c, 1), c.step}")).toEqual([0, 5, 7, 8, 5]);
    expect(lua.plain("c.count = 40 return c.count")).toBe(40);
    expect(counter.count).toBe(40);
  });

  test("nothing else is there", () => {
    const lua = benchWith();
    for (const name of ["secret", "destroy", "constructor", "__proto__", "prototype", "toString", "hasOwnProperty", "valueOf", "__index", "add\\0", "Count"]) {
      expect(lua.plain(`return c["${name}"]`)).toBe(undefined);
    }
    expect(lua.plain("return {c[1] == nil, c[true] == nil, c[c] == nil}")).toEqual([true, true, true]);
  });

  test("only writable ones can be assigned", () => {
    const lua = benchWith();
    expect(complaint(lua, "c.step = 2")).toBe("test:1: field 'step' of Counter is read-only");
    expect(complaint(lua, "c.add = print")).toBe("test:1: field 'add' of Counter is read-only");
    expect(complaint(lua, "c.secret = 1")).toBe("test:1: no field 'secret' in Counter");
    expect(complaint(lua, "c.__proto__ = {}")).toBe("test:1: no field '__proto__' in Counter");
    expect(complaint(lua, "c[{}] = 1")).toBe("test:1: no field 'table' in Counter");
  });

  test.each(["constructor", "__proto__", "prototype", "__defineGetter__", "toString", "valueOf", "hasOwnProperty", "caller", "arguments"])("'%s' cannot be listed", (name) => {
    expect(() => exposing("Bad", [name] as never[])).toThrow("cannot be exposed");
  });

  test("methods run only with an object of their own type", () => {
    const lua = benchWith();
    lua.set("other", byReference({ add: () => "stolen" }, exposing<{ add: () => string }>("Other", ["add"])));
    expect(complaint(lua, "c.add()")).toBe("test:1: bad argument #1 to 'add' (Counter expected, got no value)");
    expect(complaint(lua, "c.add({count = 1})")).toBe("test:1: bad argument #1 to 'add' (Counter expected, got table)");
    expect(complaint(lua, "c.add(other)")).toBe("test:1: bad argument #1 to 'add' (Counter expected, got Other)");
    expect(complaint(lua, "c.add('text')")).toBe("test:1: bad argument #1 to 'add' (Counter expected, got string)");
    expect(complaint(lua, "c.add(io.stdout)")).toBe("test:1: bad argument #1 to 'add' (Counter expected, got FILE*)");
  });

  test("the metatable is out of reach", () => {
    const lua = benchWith();
    expect(lua.plain("return getmetatable(c)")).toBe("Counter");
    expect(complaint(lua, "setmetatable(c, {})")).toMatch(/table expected, got/);
    expect(complaint(lua, "rawset(c, 'x', 1)")).toMatch(/table expected, got/);
    expect(complaint(lua, "return rawget(c, 'count')")).toMatch(/table expected, got/);
    expect(complaint(lua, "for k in pairs(c) do end")).toMatch(/table expected, got/);
    expect(complaint(lua, "return #c")).toMatch(/attempt to get length of a Counter value/);
    expect(complaint(lua, "return c .. ''")).toMatch(/attempt to concatenate a Counter value/);
    expect(complaint(lua, "return c()")).toMatch(/attempt to call a Counter value/);
  });

  test("even with the debug library, a foreign metatable gives no access to an object", () => {
    const lua = benchWith();
    lua.set("other", byReference({ open: () => "secret" }, exposing<{ open: () => string }>("Other", ["open"])));
    expect(complaint(lua, "debug.setmetatable(other, debug.getmetatable(c)) return other:add()")).toBe("test:1: bad argument #1 to 'index' (Counter expected, got Counter)");
    expect(complaint(lua, "local mt = debug.getmetatable(c) return mt.__index({}, 'count')")).toMatch(/Counter expected, got table/);
  });
});

describe("identity", () => {
  test("one object is one userdata, and comes back as itself", () => {
    const counter = new Counter();
    const lua = benchWith(counter);
    lua.set("again", [byReference(counter, counterType)]);
    expect(lua.plain("return c == again[1] and ({[c] = 'key'})[again[1]]")).toBe("key");
    expect(lua.plain("return c")).toBe(counter);
    expect(lua.plain("return c:self() == c")).toBe(true);
  });

  test("two objects are two userdata", () => {
    const lua = benchWith();
    lua.set("d", byReference(new Counter(), counterType));
    expect(lua.plain("return c == d")).toBe(false);
  });

  test("an object crosses as one type only", () => {
    const counter = new Counter();
    const lua = benchWith(counter);
    expect(() => lua.converter.hostObject(counter, exposing<Counter>("Wider", ["secret"]))).toThrow("known to scripts as another type than 'Wider'");
  });

  test("a revoked object is an error at each use", () => {
    const counter = new Counter();
    const lua = benchWith(counter);
    lua.eval("add = c.add");
    lua.converter.revoke(counter);
    expect(complaint(lua, "return c.count")).toBe("test:1: bad argument #1 to 'index' (this Counter was released)");
    expect(complaint(lua, "add(c)")).toBe("test:1: bad argument #1 to 'add' (this Counter was released)");
    expect(complaint(lua, "c.count = 1")).toMatch(/this Counter was released/);
    expect(lua.plain("return tostring(c)")).toMatch(/^Counter: 0x/);
  });
});

describe("described types", () => {
  interface Door {
    open: boolean;
    log: string[];
  }
  const doorType = new HostType<Door>({
    name: "Door",
    methods: {
      knock: { params: [{ name: "times", type: "integer", default: 1 }], run: (self, _, times: number) => `${self.log.push(`knock ${times}`)}` },
      wait: { params: [], run: () => new Promise((resolve) => setTimeout(resolve, 1, "waited")) },
    },
    properties: {
      open: { get: (self) => self.open, set: (self, value: boolean) => void (self.open = value), type: "boolean" },
      broken: { get: () => { throw new Error("hinge"); } },
    },
    tostring: (self) => `door(${self.open ? "open" : "shut"})`,
    close: (self) => void (self.open = false),
  });
  const doorBench = (): { lua: Bench; door: Door } => {
    const door: Door = { open: true, log: [] };
    const lua = new Bench();
    lua.set("door", byReference(door, doorType));
    return { lua, door };
  };

  test("typed methods and properties", () => {
    const { lua, door } = doorBench();
    expect(lua.plain("door:knock(3) door:knock() return tostring(door)")).toBe("door(open)");
    expect(door.log).toEqual(["knock 3", "knock 1"]);
    expect(complaint(lua, "door:knock('x')")).toBe("test:1: bad argument #1 to 'knock' (number expected, got string)");
    expect(complaint(lua, "door.open = 1")).toBe("test:1: bad argument #3 to 'newindex' (boolean expected, got number)");
    expect(complaint(lua, "return door.broken")).toBe("test:1: hinge");
    expect(lua.plain("door.open = false return tostring(door)")).toBe("door(shut)");
  });

  test("close runs at the end of a scope", () => {
    const { lua, door } = doorBench();
    lua.eval("do local d <close> = door end");
    expect(door.open).toBe(false);
  });

  test("a method may wait", async () => {
    const { lua } = doorBench();
    const results = await lua.runtime.spawn(lua.state.load("return door:wait()", "=test")).result;
    expect(results).toEqual(["waited"]);
  });

  test("a type without properties reads its methods from a table that no script can reach", () => {
    const lua = new Bench();
    lua.set("thing", byReference({}, new HostType({ name: "Thing", methods: { go: { params: [], run: () => "went" } } })));
    expect(lua.plain("return thing:go()")).toBe("went");
    expect(lua.plain("return thing.missing")).toBe(undefined);
    expect(complaint(lua, "thing.go = print")).toBe("test:1: no field 'go' in Thing");
    expect(lua.plain("return getmetatable(thing)")).toBe("Thing");
  });

  test("a name cannot be a method and a property", () => {
    expect(() => new HostType({ name: "Both", methods: { x: { run: () => 1 } }, properties: { x: { get: () => 1 } } })).toThrow("'x' is a method and a property");
  });

  test("a parameter can ask for a type", () => {
    const { lua, door } = doorBench();
    lua.state.globals.setStr("use", lua.converter.hostFunction({ name: "use", params: [{ name: "door", type: doorType }], run: (_, self: Door) => self === door }));
    expect(lua.plain("return use(door)")).toBe(true);
    expect(complaint(lua, "use({})")).toBe("test:1: bad argument #1 to 'use' (Door expected, got table)");
  });
});
