// npm run attacks: the corpus of attacks on perilune and, as far as an attack needs nothing of a host, on other Luas for
// JavaScript, each in a process that is killed when it takes too long or too much; writes docs/security-results.md.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { numberOption, readOptions } from "../bench/lib/options.js";
import { clearProgress, progress } from "../bench/lib/progress.js";
import { ATTACKS_FOLDER, type Attack, CODE_OF, LIMITS, readAttacks } from "../test/security/attack.js";
import { SPEC_TESTS } from "./paths.js";

const DOCUMENT = fileURLToPath(new URL("../docs/security-results.md", import.meta.url));
const IMPLEMENTATIONS = ["perilune", "wasmoon", "fengari"];

const { options } = readOptions(
  "npm run attacks -- [options]\nRuns the attacks of test/security/attacks in processes of their own. Ends with status 1 when one of them gets anywhere on perilune.",
  {
    only: { value: "A,B", help: "only attacks whose names contain one of these; nothing is written then" },
    on: { value: "A,B", help: `implementations (${IMPLEMENTATIONS.join(",")})` },
    seconds: { value: "N", help: "processor time after which a process is killed; ten times that by the clock (3)" },
    megabytes: { value: "N", help: "memory at which a process is killed (1500)" },
    jobs: { value: "N", help: "processes at the same time (2)" },
  },
  process.argv.slice(2),
);
const seconds = numberOption(options.seconds, 3, "seconds");
const megabytes = numberOption(options.megabytes, 1500, "megabytes");
const chosen = options.on?.split(",") ?? IMPLEMENTATIONS;
const wanted = options.only?.split(",") ?? [""];
const attacks = readAttacks().filter(({ name }) => wanted.some((part) => name.includes(part)));

/** What only a host gives: an attack that uses it says nothing about an implementation without one. */
const OF_HOST = /\b(object|vault|released|save|this|callback|fail|swallow|hold|give|limits|async|await)\b|require *\(?["']app/;
const needsHost = ({ source }: Attack): boolean => OF_HOST.test(source.replace(/--.*$/gm, "").replace(/"(?:[^"\\]|\\.)*"/g, '""'));

const victim = join(SPEC_TESTS, "../node_modules/.perilune-attacks/victim.mjs");
await build({
  entryPoints: [join(SPEC_TESTS, "security/victim.ts")], outfile: victim, bundle: true, platform: "node", format: "esm", target: "es2022",
  packages: "external", logLevel: "error", define: { __DEV__: "false" },
});

type Outcome = string;
const outcomes = new Map<string, Outcome>();
const queue = attacks.flatMap((attack) => chosen.filter((name) => name === "perilune" || !needsHost(attack)).map((name) => ({ attack, name })));
let done = 0;
let interrupted = false;
process.on("SIGINT", () => (interrupted = true));
process.on("SIGTERM", () => process.exit(143));
await Promise.all(Array.from({ length: Math.max(1, numberOption(options.jobs, 2, "jobs")) }, async () => {
  for (let next = queue[done]; next !== undefined && !interrupted; next = queue[done]) {
    done++;
    progress(`[${done}/${queue.length}] ${next.name}: ${next.attack.name}`);
    outcomes.set(`${next.name} ${next.attack.name}`, await attackOn(next.name, next.attack));
  }
}));
clearProgress();

const failures = attacks.filter((attack) => chosen.includes("perilune") && !isHeld(attack, outcomes.get(`perilune ${attack.name}`) ?? "not run"));
for (const { name } of failures) console.log(`${name}: ${outcomes.get(`perilune ${name}`) ?? "not run"}`);
console.log(`${attacks.length - failures.length} of ${attacks.length} attacks came to nothing on perilune`);
if (options.only === undefined && options.on === undefined && !interrupted) {
  writeFileSync(DOCUMENT, page());
  console.log("docs/security-results.md written");
}
process.exit(failures.length > 0 ? 1 : 0);

/** How the attack ended: the victim's own line, or how it was ended. */
function attackOn(name: string, attack: Attack): Promise<Outcome> {
  return new Promise((finish) => {
    const child = spawn(process.execPath, [victim, name, join(ATTACKS_FOLDER, `${attack.name}.lua`)], { stdio: ["ignore", "pipe", "ignore"] });
    const leave = (): void => void child.kill("SIGKILL");
    process.once("exit", leave); // an attack that never ends must not outlive who watches it
    let said = "";
    let ended: Outcome | undefined;
    const stop = (how: Outcome): void => {
      ended ??= how;
      child.kill("SIGKILL");
    };
    const clock = setTimeout(() => stop(`killed after ${seconds * 10} s by the clock`), seconds * 10_000);
    const scale = setInterval(() => {
      if (residentMegabytes(child.pid) > megabytes) stop(`killed at ${megabytes} MB`);
      else if (processorSeconds(child.pid) > seconds) stop(`killed after ${seconds} s`);
    }, 50);
    child.stdout.on("data", (chunk: Buffer) => (said = (said + chunk.toString("latin1")).slice(-4000)));
    child.on("close", (status, signal) => {
      process.off("exit", leave);
      clearTimeout(clock);
      clearInterval(scale);
      const last = said.trimEnd().split("\n").at(-1) ?? "";
      finish(ended ?? (/^(ended|error|foreign) /.test(last) ? last : `process died (${signal ?? `status ${status}`})`));
    });
  });
}

/** Of a process and its threads, in seconds; clock ticks are hundredths on all Linux machines that Node runs on. */
function processorSeconds(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

/** From the system where it tells; elsewhere only the clock limits a process. */
function residentMegabytes(pid: number | undefined): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** The attack came to nothing: it found nothing, was refused as expected, or one of its limits stopped it. */
function isHeld({ expect, stops }: Attack, outcome: Outcome): boolean {
  if (expect === "held") return outcome === "ended held";
  if (expect !== undefined) return outcome.startsWith(`error ${expect.code}`) && outcome.includes(expect.message.slice(-60));
  return [...new Set([...stops, "instructions", "time", "memory"] as const)].some((kind) => outcome.startsWith(`error ${CODE_OF[kind]}`));
}

/** The cell of the table. */
function cell(attack: Attack, name: string): string {
  const outcome = outcomes.get(`${name} ${attack.name}`);
  if (outcome === undefined) return "–";
  const text = outcome.replaceAll("|", "\\|").replace(/[^\x20-\x7e]/g, "?").slice(0, 90);
  if (name === "perilune") return isHeld(attack, outcome) ? (attack.expect === "held" ? "held" : text.replace(/^error /, "")) : `**${text}**`;
  if (/^killed|^process|^foreign/.test(outcome)) return `**${text}**`;
  if (outcome === "ended held") return "held";
  return attack.expect === "held" || attack.expect === undefined ? `**${text}**` : text;
}

function page(): string {
  const categories = [...new Set(attacks.map(({ name }) => name.split("/")[0]!))];
  const sections = categories.map((category) => {
    const rows = attacks.filter(({ name }) => name.startsWith(`${category}/`)).map((attack) =>
      `| [${attack.name.split("/")[1]}](../test/security/attacks/${attack.name}.lua) | ${attack.purpose.replaceAll("|", "\\|")} | ${IMPLEMENTATIONS.map((name) => cell(attack, name)).join(" | ")} |`);
    return `## ${category}\n\n| Attack | What it tries | ${IMPLEMENTATIONS.join(" | ")} |\n|---|---|${IMPLEMENTATIONS.map(() => "---").join("|")}|\n${rows.join("\n")}\n`;
  });
  const killed = (name: string): number => attacks.filter((attack) => /^killed|^process|^foreign/.test(outcomes.get(`${name} ${attack.name}`) ?? "")).length;
  const tried = (name: string): number => attacks.filter((attack) => outcomes.has(`${name} ${attack.name}`)).length;
  return `# Attacks and what became of them

Written by \`npm run attacks\`: every file of [test/security/attacks](../test/security/attacks), each in a process of its own, killed after ${seconds} s of
processor time or at ${megabytes} MB. perilune runs them through its engine under the policy that the file names; those that never end by themselves
under these limits together: ${LIMITS.instructions.toLocaleString("en-US")} instructions, 1 s of processor time, ${LIMITS.memory / 1e6} MB live, ${LIMITS.output / 1e3} kB of output,
${LIMITS.hostCalls.toLocaleString("en-US")} host calls.
wasmoon (C Lua in WebAssembly) and fengari have neither policies nor limits; they are here to show what an embedder has to add by
himself, not to blame them. Attacks that need something of perilune's host are not run there (–). What is promised, and what is not, is in
[SECURITY.md](../SECURITY.md).

| | attacks run | process had to be killed or died |
|---|---:|---:|
${IMPLEMENTATIONS.map((name) => `| ${name} | ${tried(name)} | ${killed(name)} |`).join("\n")}

"held" means that the attack ran to its end and found nothing; a code (limit, timeout, memory, permission, runtime…) is that of the \`ScriptError\`
by which it ended. Bold is what an embedder would not want.

${sections.join("\n")}`;
}
