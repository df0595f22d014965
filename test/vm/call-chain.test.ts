// Chains of __call metamethods that are no functions themselves (manual 2.4): every link becomes an argument.
import { beforeAll, describe, expect, test } from "vitest";
import { LuaLimitError } from "../../src/vm/state.js";
import { collectingState, expectSame, runLua } from "../support/lua.js";
import { type Oracle, oracle } from "../support/oracle.js";

const LOOP = "local mt = {} local o = setmetatable({}, mt) mt.__call = o ";
const CHAIN = `local function chain(n)
  local c = function(...) return ... end
  for i = 1, n do c = setmetatable({i}, {__call = c}) end
  return c
end `;

let judge: Oracle;
beforeAll(async () => {
  judge = await oracle();
});

describe("against C Lua", () => {
  test.each([0, 1, 2, 3, 4, 5, 6, 50])("%i links stand in front of the arguments, innermost first", (n) => {
    expectSame(judge, `${CHAIN} local r = {chain(${n})("a", "b")} for i, v in ipairs(r) do print(i, type(v) == "table" and v[1] or v) end`);
    expectSame(judge, `${CHAIN} local function tail(...) return chain(${n})(...) end print(select("#", tail()), select("#", tail(1, 2)))`);
  });

  test("what cannot be called at the end of a chain is to blame", () => {
    expectSame(judge, "local f = setmetatable({}, {__call = setmetatable({}, {__call = 3})}) f()");
    expectSame(judge, "local t = {f = setmetatable({}, {__call = {}})} return t.f(1)");
  });
});

describe("a chain without end", () => {
  test.each(["o()", "return o()", "pcall(o) error(select(2, pcall(o)), 0)", "for _ in o do end"])("%s", (call) => {
    expect(runLua(LOOP + call)).toMatchObject({ ok: false, error: expect.stringMatching(/stack overflow$/) });
  });

  test("is stopped by an instruction limit", () => {
    const { state } = collectingState();
    state.meter.setLimit(10_000);
    expect(() => state.call(state.load(`${LOOP} o()`, "=test"))).toThrow(LuaLimitError);
    expect(state.meter.used).toBeLessThan(10_010);
  });
});
