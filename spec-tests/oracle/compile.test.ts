// Our compiler against C Lua 5.4.6: the same bytes from string.dump, the same messages.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { skipShebang } from "../../src/base/shebang.js";
import { dump } from "../../src/bytecode/dump.js";
import { compile } from "../../src/compiler/compile.js";
import { LuaSyntaxError } from "../../src/lexer/syntax-error.js";
import { brokenPrograms, damagedPrograms, programs } from "./generate.js";
import { reference, type Outcome, type Source } from "./reference.js";
import { limitSources, SNIPPETS } from "./sources.js";

function ours({ name, text }: Source, levels: number): Outcome {
  try {
    const proto = compile(text, name, levels);
    return { full: dump(proto, false), stripped: dump(proto, true) };
  } catch (error) {
    if (error instanceof LuaSyntaxError) return { error: error.message };
    throw error;
  }
}

/** How two outcomes differ; undefined if they do not. Dumps are compared without printing them. */
function difference(expected: Outcome, actual: Outcome): string | undefined {
  if ("error" in expected || "error" in actual) {
    const [theirs, ours] = [expected, actual].map((outcome) => ("error" in outcome ? outcome.error : "compiles"));
    return theirs === ours ? undefined : `expected ${JSON.stringify(theirs)}, got ${JSON.stringify(ours)}`;
  }
  if (expected.stripped !== actual.stripped) return "other code";
  return expected.full === actual.full ? undefined : "other debug information";
}

/** The sources, in short, that we treat otherwise than C Lua does. */
async function differing(sources: readonly Source[]): Promise<string[]> {
  const judge = await reference();
  const expected = judge.compile(sources);
  return sources.flatMap((source, i) => {
    const found = difference(expected[i]!, ours(source, judge.levels));
    return found === undefined ? [] : [`${source.name.slice(0, 40)} ${JSON.stringify(source.text.slice(0, 200))}: ${found}`];
  });
}

/** Chunk names of every form; C Lua's end at a zero byte. */
const named = (text: string, i: number): Source => ({ name: ["=name", "@file.lua", text][i % 3]!, text });

function luaFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((entry) => {
    const path = join(folder, entry);
    if (statSync(path).isDirectory()) return luaFiles(path);
    return path.endsWith(".lua") ? [path] : [];
  });
}

/** A batch of one arbitrary's programs a run, so that few calls cross over. */
async function check(arbitrary: fc.Arbitrary<string>, batches: number): Promise<void> {
  const text = arbitrary.filter((source) => !source.startsWith("\x1b")); // that would be a binary chunk
  await fc.assert(fc.asyncProperty(fc.array(text, { minLength: 50, maxLength: 50, size: "max" }), async (texts) => {
    expect(await differing(texts.map(named))).toEqual([]);
  }), { numRuns: batches });
}

describe("compiling as C Lua 5.4.6 does", () => {
  test("generated programs", () => check(programs, 30));
  test("programs with tokens dropped, moved or put in", () => check(brokenPrograms, 14));
  test("programs with damaged characters", () => check(damagedPrograms, 6));

  test("every Lua file here", async () => {
    const root = fileURLToPath(new URL("../..", import.meta.url));
    const files = ["examples", "bench", "spec-tests", "test"].flatMap((folder) => luaFiles(join(root, folder)));
    expect(files.length).toBeGreaterThan(3);
    const sources = files.map((file) => ({ name: `@${relative(root, file)}`, text: skipShebang(readFileSync(file, "latin1")) }));
    expect(await differing(sources.filter(({ text }) => !text.startsWith("\x1b")))).toEqual([]);
  });

  test("short sources, most of them wrong", async () => {
    const all = SNIPPETS.flatMap((text) => [text, `\n${text}`, `${text}\n`, `${text} $ `]);
    expect(await differing(all.map(named))).toEqual([]);
  });

  test("sources at the limits", async () => {
    expect(await differing(limitSources().map((text) => ({ name: "=limits", text })))).toEqual([]);
  });
});
