// Things that a program holds: how many, and the Lua that makes them.

export interface Holding {
  readonly name: string;
  readonly count: number;
  /** Puts `count` of them into the global table `held`. */
  readonly program: string;
}

const holding = (name: string, count: number, before: string, each: string): Holding => ({
  name, count, program: `held = {}\n${before}\nfor i = 1, ${count} do held[i] = ${each} end`,
});

export const HOLDINGS: readonly Holding[] = [
  holding("integers in a list", 2_000_000, "", "i"),
  holding("floats in a list", 1_000_000, "", "i + 0.5"),
  holding("integral floats in a list", 500_000, "", "i + 0.0"),
  holding("strings of 20 bytes", 300_000, "local format = string.format", "format('%020d', i)"),
  holding("empty tables", 300_000, "", "{}"),
  holding("tables with four fields", 200_000, "", "{ x = i, y = i, z = i, name = 'n' }"),
  holding("lists of four", 200_000, "", "{ i, i, i, i }"),
  holding("closures with an upvalue", 300_000, "", "function() return i end"),
  holding("suspended coroutines", 20_000, "local create, resume, yield = coroutine.create, coroutine.resume, coroutine.yield\nlocal function started() local co = create(function() yield() end) resume(co) return co end", "started()"),
];

/** What is there without them. */
export const NOTHING = "held = {}";
