import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { LuaLimitError } from "../../src/vm/state.js";
import { collectingState, expectSame, runLua } from "../support/lua.js";
import { type Oracle, oracle } from "../support/oracle.js";

let judge: Oracle;
beforeAll(async () => {
  judge = await oracle();
});

/** show(…) prints values, tables as their elements −2 … 12; try(f, …) shows what pcall answers. */
const PRELUDE = `local function show(...)
  local list = table.pack(...)
  for i = 1, list.n do
    local v = list[i]
    if type(v) == "table" then
      local parts = {}
      for k = -2, 12 do parts[#parts + 1] = tostring(rawget(v, k)) end
      list[i] = "{" .. table.concat(parts, ",") .. "}"
    elseif type(v) ~= "function" then list[i] = tostring(v) else list[i] = "function" end
  end
  print(table.concat(list, " | "))
end
local function try(f, ...) show(pcall(f, ...)) end
`;

/** proxy(t): an empty table that reads, writes and measures t through metamethods, and logs each. */
const PROXY = `local log = {}
local function proxy(t)
  return setmetatable({}, {
    __index = function(_, k) log[#log + 1] = "r" .. tostring(k); return t[k] end,
    __newindex = function(_, k, v) log[#log + 1] = "w" .. tostring(k); t[k] = v end,
    __len = function() log[#log + 1] = "#"; return #t end,
  })
end
`;

describe("against C Lua", () => {
  test("missing, wrong and extreme arguments", () => {
    const names = ["concat", "insert", "move", "remove", "sort", "unpack"];
    const lists = [
      "", "nil", "3", "'x'", "{}, 'x'", "{}, {}", "{}, 1, 2", "{1,2,3}, 5, 2", "{1,2,3}, 0, 2", "{1,2,3}, 4, 2", "{1,2,3}, '2', 'y'",
      "{1,2,3}, 2.0, 'y'", "{1,2,3}, 2.5, 'y'", "{1,2,3}, 1, 2, 3", "{1,2,3}, 1, 3, 2", "{1,2,3}, 2, 3, 1", "{1,2,3}, 1, 3, 2, {}",
      "{1,2,3}, 1, 3, 2, 5", "{1,2,3}, 4", "{1,2,3}, 5", "{1,2,3}, 3", "{1,2,3}, 1", "{}, 0", "{}, 1", "{}, 2", "{}, -1",
      "{}, 1, math.maxinteger, 2", "{}, math.mininteger, math.maxinteger, 2", "{}, 0, math.maxinteger, 2", "{}, 1, 2, math.maxinteger",
      "{}, -1, math.maxinteger - 2, 2", "{}, 1, 1, math.maxinteger", "{}, 1, 1e8", "{}, 0, math.maxinteger",
      "{1,2,'a',4.5,1e15}, '-', 2, 4", "{1,2}, '-', 2, 4", "{1,2}, '-', 4, 2", "{1,2}, 5", "{1,true}, 5", "{}, '', math.maxinteger, math.maxinteger",
      "{[math.maxinteger] = 'x'}, '', math.maxinteger, math.maxinteger", "{[math.maxinteger] = 'x'}, math.maxinteger, math.maxinteger",
    ];
    const lines = names.flatMap((name) => lists.map((args) => `try(table.${name}${args === "" ? "" : `, ${args}`})`));
    expectSame(judge, PRELUDE + lines.join("\n"));
  });

  test("lengths that metamethods make up", () => {
    const lengths = ["'10'", "'0x2'", "'2.0'", "2.0", "2.5", "'x'", "{}", "math.maxinteger", "math.mininteger", "-1", "-5"];
    expectSame(judge, PRELUDE + lengths.map((length) => `do
      local q = setmetatable({}, { __len = function() return ${length} end })
      try(table.insert, q, 1) try(table.remove, q) for k, v in next, q do show(k, v) end
    end`).join("\n"));
  });

  test("values that only behave like tables", () => {
    expectSame(judge, `${PRELUDE}
      debug.setmetatable(1, { __index = function(_, k) return "n" .. k end, __len = function(v) return v end })
      try(table.concat, 3, ",") try(table.unpack, 3) try(table.insert, 3, 4) try(table.sort, 1) try(table.move, 3, 1, 3, 1, {})
      debug.setmetatable(1, nil)
      try(table.concat, 3, ",") try(table.unpack, "abc") try(table.concat, "abc")`);
  });

  test("__eq decides whether move overlaps", () => {
    expectSame(judge, `${PRELUDE}
      local eq = { __eq = function() return true end, __index = function(_, k) return k < 4 and k or nil end }
      local a, b = setmetatable({}, eq), setmetatable({}, eq)
      show(table.move(a, 1, 3, 2, b)) show(a) show(table.move(a, 1, 3, 2)) show(a)`);
  });

  const position = fc.integer({ min: -1, max: 9 });
  const operation = fc.oneof(
    fc.nat(99).map((v) => `try(table.insert, t, ${v})`),
    fc.tuple(position, fc.nat(99)).map(([p, v]) => `try(table.insert, t, ${p}, ${v})`),
    fc.constant("try(table.remove, t)"),
    position.map((p) => `try(table.remove, t, ${p})`),
    fc.tuple(position, position, position).map(([f, e, to]) => `table.move(t, ${f}, ${e}, ${to})`),
    fc.tuple(position, position, position).map(([f, e, to]) => `table.move(t, ${f}, ${e}, ${to}, u)`),
    fc.tuple(position, position).map(([i, j]) => `try(table.unpack, t, ${i}, ${j})`),
    fc.tuple(position, position).map(([i, j]) => `try(table.concat, t, ";", ${i}, ${j})`),
    fc.constant("try(table.sort, t)"),
  );

  test("any sequence of operations leaves the same table, plain or behind metamethods", () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(fc.nat(99), { maxLength: 6 }), fc.array(operation, { maxLength: 12 }), (behind, values, operations) => {
        const list = `{${values.join(",")}}`;
        const start = behind ? `local b = ${list}; local t, u = proxy(b), proxy({})` : `local b = ${list}; local t, u = b, {}`;
        // a table with holes has more than one border: only sequences are compared
        const guard = "for i = -2, 12 do if b[i] == nil and b[i + 1] ~= nil and i ~= 0 then return end end if b[0] ~= nil then return end";
        const body = operations.map((line) => `(function() ${guard} ${line} show(b, u) end)()`).join("\n");
        expectSame(judge, `${PRELUDE}${PROXY}${start}\n${body}\nprint(table.concat(log, " "))`);
      }),
      { numRuns: 400 },
    );
  });

  test.each([2, 8, 9, 1024, 1025, 2048, 3000])("concat of %i strings and numbers of all kinds, and what it says of a misfit", (n) => {
    expectSame(judge, `local kinds = { 7, -12345, "text", 0.25, 2^53, math.mininteger, 1e300, -0.0, 99, 100, -1, 2^31, -2^31 // 1 | 0, "" }
      local t = {}
      for i = 1, ${n} do t[i] = kinds[i * 5 % #kinds + 1] end
      print(table.concat(t, ", "), table.concat(t), table.concat(t, "-", 2, ${n} - 1))
      t[${n}] = {}
      print(pcall(table.concat, t, ","))
      t[${n}] = "x"
      t[1] = print
      print(pcall(table.concat, t))`);
  });
});

describe("results", () => {
  test("pack and unpack from emitted code", () => {
    const values = ["", "nil", "1", "1, nil", "nil, 2", "1, 2, 3", "1, 2, 3, 4, nil", "1, 2, 3, 4, 5, 6, nil, 8"];
    const ranges = ["", ", 1", ", 2", ", 1, 0", ", 3, 1", ", 2, 3", ", -1, 1", ", 1, 9", ", 1, 1", ", math.huge, 1", ", 1.0, 2.0", ", '1', '2'", ", 1.5", ", 1, nil"];
    const calls = values.flatMap((list) => ranges.map((range) => `show(pcall(function() return table.unpack({ ${list} }${range}) end))`));
    expectSame(judge, `${PRELUDE}local function f() ${values.map((list) => `show(table.pack(${list})) show(table.pack(${list}).n)`).join(" ")} end
      for i = 1, 250 do local p = print; if i < 249 then print = type end; f(); print = p end`);
    for (let i = 0; i < calls.length; i += 28) expectSame(judge, `${PRELUDE}for i = 1, 250 do local p = print; if i < 249 then print = type end; ${calls.slice(i, i + 28).join(" ")} print = p end`);
  });

  test("pack counts nils, unpack gives them back", () => {
    expect(runLua("local t = table.pack(nil, 2, nil) print(t.n, t[1], t[2], t[3]) print(table.unpack(t, 1, t.n))").output)
      .toBe("3\tnil\t2\tnil\nnil\t2\tnil\n");
    expect(runLua("local t = table.pack() print(t.n, #t) print(select('#', table.unpack({}, 1, 300)))").output).toBe("0\t0\n300\n");
  });

  test("more values than a stack holds are refused", () => {
    expect(runLua("print(pcall(table.unpack, {}, 1, 1e6)) print(pcall(table.unpack, {}, math.mininteger, math.maxinteger))").output)
      .toBe("false\ttoo many results to unpack\nfalse\ttoo many results to unpack\n");
    expect(runLua("print(select('#', table.unpack({}, 1, 900000)))").output).toBe("900000\n");
  });

  test("removing while traversing leaves the traversal alone", () => {
    expect(runLua("local t = {1, 2, 3, x = 1, y = 2} local n = 0 for k in pairs(t) do n = n + 1 if k == 1 then table.remove(t) end end print(n)").output)
      .toBe("4\n");
  });
});

describe("limits", () => {
  function limited(source: string, limits: { instructions?: number; memory?: number }): unknown {
    const { state } = collectingState();
    if (limits.instructions !== undefined) state.meter.setLimit(limits.instructions);
    if (limits.memory !== undefined) state.memory.setLimit(limits.memory);
    try {
      state.call(state.load(source, "=test"));
    } catch (error) {
      return error instanceof LuaLimitError ? error.kind : error;
    }
    return "done";
  }

  test.each([
    "table.move({}, 1, 1e15, 2)",
    "table.move(setmetatable({}, { __index = rawlen }), 1, 1e15, 1, setmetatable({}, { __newindex = rawequal }))",
    "table.insert(setmetatable({}, { __len = function() return 1e15 end }), 1, 1)",
    "table.remove(setmetatable({}, { __len = function() return 1e15 end }), 1)",
    "local t = {} for i = 1, 3e4 do t[i] = i end while true do table.concat(t) end",
    "local t = {} for i = 1, 3e4 do t[i] = -i end while true do table.sort(t) t[1] = 0 end",
    "local t = {} for i = 1, 3e4 do t[i] = i end while true do table.unpack(t) end",
    "local t = {} for i = 1, 3e4 do t[i] = i end while true do table.insert(t, 1, table.remove(t)) end",
  ])("instructions: %s", (source) => {
    const started = performance.now();
    expect(limited(source, { instructions: 1_000_000 })).toBe("instructions");
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test.each([
    "local t = {} for i = 1, 1000 do t[i] = ('x'):rep(1000) end local u = {} for i = 1, 1000 do u[i] = table.concat(t, '', i) end",
    "table.concat(setmetatable({}, { __index = function() return 'abcdefgh' end, __len = function() return 1e9 end }))",
    "local t = table.move({}, 1, 1, 1) for i = 1, 15 do table.move(t, 1, #t, #t + 1) t[#t + 1] = i end for i = 1, 40 do t[#t + 1] = table.move(t, 1, #t, 1, {}) end",
    "local s = setmetatable({}, { __index = rawlen }) table.move(s, 1, 1e9, 1, {})",
    "local keep = {} for i = 1, 1000 do keep[i] = table.pack(table.unpack({}, 1, 10000)) keep[i][1] = table.move({table.unpack(keep, 1, i)}, 1, i, 1, {}) end",
  ])("memory: %s", (source) => {
    expect(limited(source, { memory: 4 << 20, instructions: 50_000_000 })).toBe("memory");
  });
});
