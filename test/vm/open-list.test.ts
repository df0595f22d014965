// A census (and finalizers) may come between the instruction that makes an open list of values and the one that takes it.
import { expect, test } from "vitest";
import { runLua } from "../support/lua.js";

const PRELUDE = `
  local finalized = 0
  local function leave() setmetatable({}, {__gc = function(o) finalized = finalized + 1; (function(...) return ... end)(1, 2, 3, o) end}) end
  local list = {} for i = 1, 20000 do list[i] = i end
  local function check(...)
    local n = select("#", ...)
    for i = 1, n, 500 do assert((select(i, ...)) == i, "a value is gone") end
    assert((select(n, ...)) == n)
    return ...
  end
  local kept = {}
  local function all(n) leave() kept[n % 40] = ("x"):rep(20000 + n) return table.unpack(list, 1, n) end
`;

test.each([
  ["CALL and VARARGPREP", "check(all(n))"],
  ["TAILCALL", "(function() return check(all(n)) end)()"],
  ["RETURN", "check((function() return all(n) end)())"],
  ["SETLIST", "local t = {all(n)} assert(#t == n and t[n] == n)"],
])("%s", (_name, statement) => {
  const source = `${PRELUDE} for n = 1, 2000 do ${statement} end for n = 19000, 20000, 25 do ${statement} end print(finalized > 1000)`;
  expect(runLua(source)).toEqual({ ok: true, output: "true\n" });
});
