// Budgets inside budgets, coroutines, protected calls and closing variables, at random: nobody gets more than is left of every budget
// around him, both tiers agree, and the state goes on afterwards.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LuaEngine, ScriptError } from "../../src/index.js";

type Piece =
  | { readonly kind: "loop"; readonly turns: number }
  | { readonly kind: "work"; readonly bytes: number }
  | { readonly kind: "yield" }
  | { readonly kind: "error" }
  | { readonly kind: "budget"; readonly units: number; readonly body: readonly Piece[] }
  | { readonly kind: "protected" | "closing" | "coroutine" | "abandoned" | "finalized"; readonly body: readonly Piece[] };

const { program } = fc.letrec<{ piece: Piece; program: Piece[] }>((tie) => ({
  program: fc.array(tie("piece"), { minLength: 1, maxLength: 4 }),
  piece: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.record({ kind: fc.constant("loop" as const), turns: fc.integer({ min: 1, max: 3000 }) }),
    fc.record({ kind: fc.constant("work" as const), bytes: fc.integer({ min: 1, max: 50_000 }) }),
    fc.constant({ kind: "yield" } as const),
    fc.constant({ kind: "error" } as const),
    fc.record({ kind: fc.constant("budget" as const), units: fc.integer({ min: 50, max: 20_000 }), body: tie("program") as fc.Arbitrary<Piece[]> }),
    fc.record({ kind: fc.constantFrom("protected", "closing", "coroutine", "abandoned", "finalized"), body: tie("program") as fc.Arbitrary<Piece[]> }),
  ),
}));

/** Does running the pieces leave the coroutine they are in? */
const yields = (pieces: readonly Piece[]): boolean =>
  pieces.some((piece) => piece.kind === "yield" || ("body" in piece && piece.kind !== "coroutine" && piece.kind !== "abandoned" && yields(piece.body)));

function source(pieces: readonly Piece[]): string {
  return pieces.map((piece): string => {
    switch (piece.kind) {
      case "loop": return `for i = 1, ${piece.turns} do local x = i * 2 end`;
      case "work": return `do local s = ("x"):rep(${piece.bytes}) end`;
      case "yield": return "pause()";
      case "error": return 'if true then error("on purpose", 0) end';
      case "budget": return `budget(${piece.units}, ${yields(piece.body)}, function() ${source(piece.body)} end)`;
      case "protected": return `pcall(function() ${source(piece.body)} end)`;
      case "closing": return `do local c <close> = setmetatable({}, { __close = function() ${source(piece.body)} end }) end`;
      case "coroutine": return `finish(coroutine.create(function() ${source(piece.body)} end))`;
      case "abandoned": return `abandon(coroutine.create(function() ${source(piece.body)} end))`;
      case "finalized": return `setmetatable({}, { __gc = function() ${source(piece.body)} end })`;
    }
  }).join("\n");
}

/** What the generated text calls. `budget` checks that what is inside has cost no more than it was given, and a little for the call. */
const PRELUDE = `
  violations = {}
  local function left() return limits.remaining().instructions end
  function budget(units, leaves, f)
    local before = left()
    local ok, message = limits.run({ instructions = units }, f)
    local cost = before - left()
    -- the last piece of native work, and the call, come on top
    if not leaves and cost > units + 1700 then violations[#violations + 1] = cost .. " of " .. units end
  end
  function pause() if coroutine.isyieldable() then coroutine.yield() end end
  function finish(co)
    local ok, e = true
    while ok and coroutine.status(co) == "suspended" do ok, e = coroutine.resume(co) end
    if not ok then error(e, 0) end
  end
  function abandon(co) coroutine.resume(co) coroutine.close(co) end`;

const ROOT = 150_000;

interface Outcome {
  readonly end: string;
  readonly violations: unknown;
  readonly instructions: number;
  readonly libraryWork: number;
}

const engines = { off: new LuaEngine({ jit: "off" }), auto: new LuaEngine({ jit: "auto" }), always: new LuaEngine({ jit: "always" }) };

function run(text: string, jit: keyof typeof engines): Outcome {
  using context = engines[jit].createContext({ limits: { instructions: ROOT } });
  context.executeSync(PRELUDE);
  let end = "done";
  try {
    context.executeSync(`${text} collectgarbage()`);
  } catch (error) {
    end = `${(error as ScriptError).code}: ${(error as ScriptError).message}`;
  }
  const { instructions, libraryWork } = context.statistics;
  expect(instructions + libraryWork).toBeLessThanOrEqual(ROOT + 1700); // the last piece of native work
  expect(instructions).toBeLessThanOrEqual(ROOT);
  const violations = context.getGlobal("violations");
  context.setLimits({ instructions: 10_000 });
  expect(context.executeSync("local ok = pcall(error) return limits.run({ instructions = 100 }, function() while true do end end)", { all: true }))
    .toEqual([false, "instruction limit reached (100)", "instructions"]);
  expect(context.remaining().instructions).toBeLessThan(10_000);
  return { end, violations, instructions, libraryWork };
}

describe("budgets at random", () => {
  test("hold, and both tiers agree", () => {
    fc.assert(fc.property(program, (pieces) => {
      const text = source(pieces);
      const plain = run(text, "off");
      expect(plain.end).toMatch(/^(done|runtime: on purpose|limit: instruction limit reached \(150000\))$/);
      expect(plain.violations).toEqual({});
      expect(run(text, "auto")).toEqual(plain);
      expect(run(text, "always")).toEqual(plain);
    }), { numRuns: 200 });
  });
});
