// docs/benchmarks.md: every bench owns one section of it and replaces that when told `--report`.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

const FILE = fileURLToPath(new URL("../../docs/benchmarks.md", import.meta.url));
const HEAD = `# Benchmarks

Each section says the command that wrote it. Ratios come from runs in turns (A B A B …), medians with their spread; answers are compared
before a time counts. Absolute times are those of one machine; ratios travel better. The instruction meter and a memory limit were on.
`;

/** Order of the sections. */
const SECTIONS = ["programs", "slow", "micro", "compile", "startup", "memory", "engine", "strategies"] as const;
export type SectionName = (typeof SECTIONS)[number];

/** What the figures were measured on. */
export function machine(): string {
  const [cpu] = cpus();
  return `${cpu?.model.trim() ?? "unknown processor"}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB; Node ${process.version}, ${process.platform} ${process.arch}`;
}

/** Replaces one section of the document by `body` (Markdown without its heading's marker). */
export function writeSection(name: SectionName, body: string): void {
  const text = existsSync(FILE) ? readFileSync(FILE, "utf8") : "";
  const sections = new Map([...text.matchAll(/<!-- section (\w+) -->\n([\s\S]*?)<!-- end -->\n/g)].map((match) => [match[1]!, match[2]!]));
  sections.set(name, `${body.trimEnd()}\n`);
  const parts = SECTIONS.filter((section) => sections.has(section)).map((section) => `<!-- section ${section} -->\n${sections.get(section)!}<!-- end -->\n`);
  writeFileSync(FILE, `${HEAD}\n${parts.join("\n")}`);
}

const README = fileURLToPath(new URL("../../README.md", import.meta.url));

/** Replaces what README.md says of the speed. */
export function writeSpeed(sentence: string): void {
  const text = readFileSync(README, "utf8");
  writeFileSync(README, text.replace(/<!-- speed -->[^]*?<!-- end -->/, () => `<!-- speed -->${sentence}<!-- end -->`));
}

/** A Markdown table. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}
