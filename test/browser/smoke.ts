// The engine's smoke test: what must work wherever JavaScript runs. It uses nothing but the public API and the language itself,
// so the same bundle runs in a browser page, in a worker, in a bare context without any globals of the host, and in Node.
import { LuaEngine, ScriptError } from "../../src/index.js";

export interface SmokeResult {
  /** What went wrong; empty when all is well. */
  readonly failures: string[];
  readonly checks: number;
  /** Whether the place allows code made of text: the emitting tier works only there. */
  readonly allowsCode: boolean;
}

const HOT_LOOP = `
  local sum, t = 0, {}
  for i = 1, 100000 do t[i % 100 + 1] = i * 0.5; sum = sum + t[i % 100 + 1] end
  return sum`;

function allowsCode(): boolean {
  try {
    return Reflect.construct(Function, ["return true"]).call(null) === true;
  } catch {
    return false;
  }
}

/** Runs all checks. Never rejects. */
export async function smoke(): Promise<SmokeResult> {
  const failures: string[] = [];
  let checks = 0;
  const check = async (name: string, run: () => unknown, expected: unknown): Promise<void> => {
    checks++;
    let actual: unknown;
    try {
      actual = await run();
    } catch (error) {
      actual = error instanceof ScriptError ? `${error.code}: ${error.message}` : `foreign: ${String(error)}`;
    }
    const shown = JSON.stringify(actual);
    if (shown !== JSON.stringify(expected)) failures.push(`${name}: got ${shown}, not ${JSON.stringify(expected)}`);
  };

  const engine = new LuaEngine();
  let output = "";
  const context = engine.createContext({
    limits: { memory: 32_000_000 },
    output: (text) => void (output += text),
    globals: { later: (value: unknown) => Promise.resolve(value), greeting: "hello" },
  });
  await check("results", () => context.execute("return {1, 'two', {three = 3.5}}"), [1, "two", { three: 3.5 }]);
  await check("output", async () => {
    await context.execute("print(greeting, 'wörld')");
    return output;
  }, "hello\twörld\n");
  await check("promises suspend the script", () => context.execute("return later(later(41)) + 1"), 42);
  await check("promises inside coroutines and pcall", () => context.execute("return select(2, pcall(coroutine.wrap(function() return later('deep') end)))"), "deep");
  await check("errors", () => context.execute("local t = nil; return t.x"), "type: script:1: attempt to index a nil value (local 't')");
  await check("syntax errors", () => context.execute("return return"), "syntax: script:1: unexpected symbol near 'return'");
  await check("a limit of instructions", () => context.execute("while true do pcall(error) end", { limits: { instructions: 100_000 } }), "limit: instruction limit reached (100000)");
  await check("a limit of time", () => context.execute("while true do end", { limits: { time: 50 } }), "timeout: time limit reached");
  await check("a limit of memory", () => context.execute("local t = {} while true do t[#t + 1] = {} end"), "memory: memory limit reached (32000000 bytes)");
  await check("the context works on", () => context.execute("return 6 * 7"), 42);
  await check("hot loops", () => context.execute(HOT_LOOP), 2_500_025_000);
  await check("64-bit integers", () => context.executeSync("return tostring(math.maxinteger * 3)"), "9223372036854775805");
  await check("nothing of the host is there", () => context.execute("return {io.open == nil or not pcall(io.open, 'x'), not pcall(os.getenv, 'HOME')}"), [true, true]);
  await check("callables", async () => {
    const add = (await context.execute("return function(a, b) return a + b end")) as (...args: number[]) => Promise<number>;
    return add(2, 3);
  }, 5);
  context.dispose();
  engine.dispose();
  return { failures, checks, allowsCode: allowsCode() };
}
