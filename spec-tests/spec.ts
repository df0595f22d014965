// npm run spec: the conformance report. Runs the tests of the manual's sections on this Lua and on C Lua, the official suite when
// its directory is given, and writes docs/conformance.md.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { numberOption, readOptions } from "../bench/lib/options.js";
import { clearProgress, progress } from "../bench/lib/progress.js";
import { textTable } from "../bench/lib/text-table.js";
import { type Section, conformanceDocument } from "./conformance.js";
import { expectationsOf, printedByCLua, printedByPerilune } from "./manual-sections.js";
import { type FileResult, runSuite, suiteFiles } from "./official.js";
import { SPEC_TESTS } from "./paths.js";

const CLI = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const DOCUMENT = fileURLToPath(new URL("../docs/conformance.md", import.meta.url));

const { options, rest } = readOptions(
  "npm run spec -- [DIR] [options]\nRuns the tests of the manual's sections and, given DIR (lua/lua's testes/), every file of the official suite;\nwrites docs/conformance.md. Ends with status 1 when anything fails.",
  {
    lua: { value: "PATH", help: "the command to test with the official suite (the build in dist/)" },
    only: { value: "A,B", help: "only the suite's files whose names contain one of these; nothing is written then" },
    timeout: { value: "S", help: "seconds a file of the suite may take (300)" },
    jobs: { value: "N", help: "files at the same time (1)" },
    all: { help: "also run all.lua, which is the other files in one process" },
    heavy: { help: "also run heavy.lua, which takes gigabytes and many minutes" },
    dry: { help: "print only, write nothing" },
  },
  process.argv.slice(2),
);
const [directory] = rest;
if (directory !== undefined && !existsSync(join(directory, "all.lua"))) {
  console.error(`${directory}: no all.lua there, so it is not the suite`);
  process.exit(2);
}
if (directory !== undefined && options.lua === undefined && !existsSync(CLI)) {
  console.error("dist/cli.js is missing: run `npm run build` first");
  process.exit(2);
}

const suite: FileResult[] = [];
process.on("SIGINT", () => {
  printSuite();
  process.exit(130);
});

const sections = options.only === undefined ? await manualSections() : [];
if (directory !== undefined) {
  const settings = {
    command: options.lua === undefined ? [process.execPath, CLI] : [resolve(options.lua)],
    wanted: options.only?.split(",") ?? [""],
    all: options.all !== undefined,
    heavy: options.heavy !== undefined,
    timeout: numberOption(options.timeout, 300, "timeout"),
    jobs: numberOption(options.jobs, 1, "jobs"),
  };
  const files = suiteFiles(directory, settings);
  await runSuite(directory, files, settings, suite, (file) => progress(`[${suite.length}/${files.length}] ${file}`));
  printSuite();
}
if (options.dry === undefined && options.only === undefined && options.lua === undefined) {
  const earlier = existsSync(DOCUMENT) ? readFileSync(DOCUMENT, "utf8") : "";
  writeFileSync(DOCUMENT, conformanceDocument(sections, directory === undefined ? undefined : { version: versionOf(directory), results: suite }, earlier));
  console.log("docs/conformance.md written");
}
const failed = sections.some(({ passed, total }) => passed < total) || suite.some(({ verdict }) => verdict === "FAIL" || verdict === "TIMEOUT");
process.exit(failed ? 1 : 0);

async function manualSections(): Promise<Section[]> {
  const folder = join(SPEC_TESTS, "manual");
  const found: Section[] = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".lua")).sort(bySection)) {
    progress(file);
    const source = readFileSync(join(folder, file), "latin1");
    const expected = expectationsOf(source);
    const ours = printedByPerilune(source, file);
    const theirs = await printedByCLua(source, file);
    const passed = expected.filter((line, i) => ours[i] === line && theirs[i] === line).length;
    found.push({ file, subject: /^-- (?:Manual [^:]*: )?(.*)$/m.exec(source)?.[1] ?? "", passed, total: expected.length });
  }
  clearProgress();
  console.log(textTable(["section", "holds", "of"], found.map(({ file, passed, total }) => [basename(file, ".lua"), String(passed), String(total)])));
  return found;
}

/** "3.4.10" after "3.4.9". */
function bySection(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => name.split(/[.-]/).map(Number));
  for (let i = 0; i < 3; i++) if ((left![i] || 0) !== (right![i] || 0)) return (left![i] || 0) - (right![i] || 0);
  return a < b ? -1 : 1;
}

/** The release the suite belongs to, from its own text. */
function versionOf(suiteDirectory: string): string {
  const text = readFileSync(join(suiteDirectory, "all.lua"), "latin1");
  const version = /"Lua (5\.\d)"/.exec(text)?.[1] ?? "5.4";
  return existsSync(join(suiteDirectory, "../lua.h")) ? (/LUA_VERSION_RELEASE\s+"(\d+)"/.exec(readFileSync(join(suiteDirectory, "../lua.h"), "latin1"))?.[1] ?? "").replace(/^/, `${version}.`) : version;
}

function printSuite(): void {
  clearProgress();
  const rows = suite.map(({ file, verdict, seconds, note }) => [basename(file), verdict, seconds.toFixed(2), note]);
  if (rows.length === 0) return;
  console.log(textTable(["file", "verdict", "s", "note"], rows));
  const count = (verdict: FileResult["verdict"]): number => suite.filter((result) => result.verdict === verdict).length;
  console.log(`${suite.length} files: ${count("pass")} pass, ${count("skips itself")} skip themselves, ${count("FAIL")} fail, ${count("TIMEOUT")} time out`);
}
