// debug.setlocal reaches registers that a program cannot name; what they hold is then anything, and never a host failure.
import fc from "fast-check";
import { expect, test } from "vitest";
import { debugLibrary } from "../../src/stdlib/debug.js";
import { openLibrary } from "../../src/vm/library.js";
import { LuaError } from "../../src/vm/state.js";
import { collectingState } from "../support/lua.js";

const VALUES = ["nil", "true", "'x'", "'10'", "{}", "print", "0", "-1", "0.5", "1.0", "1e300", "0/0", "math.huge", "math.mininteger"];
const LOOPS = [
  "for i = 1, 3 do set(2) end",
  "for i = 3, 1, -1 do set(2) end",
  "for i = 1.0, 3 do set(2) end",
  "for i = 1, 3, 0.5 do set(2) end",
  "for i = math.maxinteger - 2, math.maxinteger do set(2) end",
  "for k, v in pairs({1, 2, 3}) do set(2) end",
  "for k, v in next, {1, 2}, nil, setmetatable({}, {__close = print}) do set(2) end",
  "local t = {1, 2, set(2), 4, (set(2))}",
  "local t = {set(2), set(2)}",
  "local t = {a = set(2), n = {1, set(2)}, set(2)}",
];

/** Runs a loop in which register `n` of it is given a value, once; answers the error, if there is one. */
function run(loop: string, n: number, value: string): string | undefined {
  const { state } = collectingState();
  state.enter();
  openLibrary(state, debugLibrary);
  state.leave();
  state.meter.setLimit(100_000);
  const source = `local done
  local function set(level) if not done then done = true debug.setlocal(level, ${n}, ${value}) end return 1, 2 end
  ${loop}`;
  try {
    state.call(state.load(source, "=test"));
    return undefined;
  } catch (error) {
    if (error instanceof LuaError || (error as Error).name === "LuaLimitError") return (error as Error).message;
    throw error;
  }
}

test("any value in any register", () => {
  fc.assert(
    fc.property(fc.constantFrom(...LOOPS), fc.integer({ min: 1, max: 12 }), fc.constantFrom(...VALUES), (loop, n, value) => {
      run(loop, n, value);
    }),
    { numRuns: 1500 },
  );
});

test("a loop whose limit is gone ends with an error at its line", () => {
  expect(run(LOOPS[2]!, 4, "nil")).toBe("test:3: 'for' loop was not prepared");
});
