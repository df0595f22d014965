// A census (and finalizers) may come between the instruction that makes an open list of values and the one that takes it.
import { expect, test } from "vitest";
import { runLua } from "../support/lua.js";

// table.unpack of a string whose __index is string.rep: a native that allocates much, and then returns more than a frame holds
const PRELUDE = `
  local finalized = 0
  local function leave() setmetatable({}, {__gc = function(o) finalized = finalized + 1; (function(...) return ... end)(1, 2, 3, o) end}) end
  getmetatable("").__index = string.rep
  local seed = string.rep("x", 1000)
  local function check(...)
    local n = select("#", ...)
    for i = 1, n do assert(#select(i, ...) == i * 1000, "a value is gone") end
    return ...
  end
`;

test.each([
  ["CALL", "check(table.unpack(seed, 1, n))"],
  ["VARARGPREP", "local co = coroutine.wrap(check) co(table.unpack(seed, 1, n))"],
  ["TAILCALL", "(function() return check(table.unpack(seed, 1, n)) end)()"],
  ["RETURN", "check((function() return table.unpack(seed, 1, n) end)())"],
  ["RETURN after a vararg call", "check((function(...) return select(1, table.unpack(seed, 1, n)) end)(1, 2, 3))"],
  ["SETLIST", "check(table.unpack({table.unpack(seed, 1, n)}))"],
])("%s", (_name, statement) => {
  const source = `${PRELUDE} for i = 1, 30 do local n = 30 + i leave(); ${statement} end print(finalized > 20)`;
  expect(runLua(source)).toEqual({ ok: true, output: "true\n" });
});
