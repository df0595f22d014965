// docs/conformance.md: what holds, section by section and file by file.
import type { FileResult } from "./official.js";

/** One file of tests for a section of the manual. */
export interface Section {
  readonly file: string;
  readonly subject: string;
  readonly passed: number;
  readonly total: number;
}

const SUITE = /<!-- suite (\S+) -->[\s\S]*?<!-- end -->\n/g;

/** The report. Tables of the official suite that `earlier` (the last report) has for other releases are kept. */
export function conformanceDocument(
  sections: readonly Section[], suite: { version: string; results: readonly FileResult[] } | undefined, earlier: string,
): string {
  const kept = new Map([...earlier.matchAll(SUITE)].map((match) => [match[1]!, match[0]]));
  if (suite !== undefined) kept.set(suite.version, suiteTable(suite.version, suite.results));
  const rows = sections.map(({ file, subject, passed, total }) => `| ${sectionNumbers(file)} | ${escape(subject)} | ${passed} of ${total} | [${file}](../spec-tests/manual/${file}) |`);
  return `# Conformance

Written by \`npm run spec\` (with the official suite's directory as an argument its tables are renewed too). What differs from C Lua on
purpose, and every library function, is in [COMPATIBILITY.md](../COMPATIBILITY.md).

## The manual, section by section

Each check is a line of Lua and what it must print; both perilune and C Lua 5.4.6 (wasmoon) are held to it.

| Section | Subject | Holds | Tests |
|---|---|---|---|
${rows.join("\n")}

Chapters 4 and 5 are C Lua's interface to C and have no counterpart here; section 7, the stand-alone program, is tested in \`test/cli\`.

## The official test suite

Each file on its own, as \`perilune -e "_U=true" FILE\` in the suite's directory.

${[...kept.keys()].sort().map((version) => kept.get(version)).join("\n")}`;
}

function suiteTable(version: string, results: readonly FileResult[]): string {
  const rows = results.map(({ file, verdict, note }) => `| \`${file}\` | ${verdict} | ${escape(note)} |`);
  const passed = results.filter(({ verdict }) => verdict === "pass").length;
  return `<!-- suite ${version} -->
### Lua ${version}: ${passed} of ${results.length} files pass

| File | Verdict | Note |
|---|---|---|
${rows.join("\n")}
<!-- end -->
`;
}

/** "3.3.6, 3.3.7" from "3.3.6-calls-3.3.7-locals.lua". */
function sectionNumbers(file: string): string {
  return [...file.matchAll(/(?:^|-)(\d+(?:\.\d+)*)(?=[-.])/g)].map((match) => match[1]!.replace(/\.$/, "")).join(", ");
}

const escape = (text: string): string => text.replaceAll("|", "\\|");
