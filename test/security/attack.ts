// The corpus of attacks: Lua files that try to leave the sandbox or to use more than they may. A comment at the head of each
// says what it tries and how it must end:
//
//   -- What it tries, in one or more lines.
//   -- policy: none                       which policy it runs under; "restricted" unless given
//   -- expect: held                       it runs to its end and returns "held": it found nothing
//   -- expect: error CODE: part of text   it ends with a ScriptError of that code whose message contains the text
//   -- stops: instructions time           it never ends by itself: each of these limits, alone, must stop it
//   -- elsewhere: chunk                   must return "held" in another context afterwards
//   -- blocks: yes                        it works inside a library function that cannot be preempted, so the event loop waits
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Limits that attacks are run against, each alone. */
export const LIMITS = {
  instructions: 1_000_000,
  /** Milliseconds. */
  time: 200,
  /** Bytes. */
  memory: 64_000_000,
  output: 100_000,
  hostCalls: 5_000,
} as const;
/** Times its limit of memory by which an attack may grow the process. */
export const MEMORY_FACTOR = 1.5;

export type StopKind = keyof typeof LIMITS;

/** The code of the error by which each limit ends a run. */
export const CODE_OF: Readonly<Record<StopKind, string>> = {
  instructions: "limit", time: "timeout", memory: "memory", output: "limit", hostCalls: "limit",
};

export interface Attack {
  /** "category/name". */
  readonly name: string;
  readonly purpose: string;
  readonly source: string;
  readonly policy: "none" | "restricted" | "strict";
  /** How it must end by itself; undefined when only limits stop it. */
  readonly expect: "held" | { readonly code: string; readonly message: string } | undefined;
  readonly stops: readonly StopKind[];
  readonly elsewhere: string | undefined;
  readonly blocks: boolean;
}

export const ATTACKS_FOLDER = fileURLToPath(new URL("attacks/", import.meta.url));

/** All attacks of a folder, in the order of their names. */
export function readAttacks(folder = ATTACKS_FOLDER): Attack[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".lua"))
    .sort()
    .map((file) => readAttack(join(folder, file), relative("", file).replace(/\\/g, "/").replace(/\.lua$/, "")));
}

/** Throws Error for a head that says nothing, or something unknown. */
export function readAttack(path: string, name: string): Attack {
  const source = readFileSync(path, "latin1");
  const fields = new Map<string, string>();
  const purpose: string[] = [];
  for (const line of source.split("\n")) {
    if (!line.startsWith("--")) break;
    const field = /^-- (policy|expect|stops|elsewhere|blocks): ?(.*)$/.exec(line);
    if (field === null) purpose.push(line.slice(3));
    else fields.set(field[1]!, field[2]!);
  }
  const stops = (fields.get("stops") ?? "").split(" ").filter((kind) => kind !== "");
  for (const kind of stops) if (!Object.hasOwn(LIMITS, kind)) throw new Error(`${name}: no limit '${kind}'`);
  const expected = fields.get("expect");
  if (purpose.length === 0 || (expected === undefined) === (stops.length === 0)) throw new Error(`${name}: says either how it ends or what stops it`);
  return {
    name, source, purpose: purpose.join(" "), stops: stops as StopKind[], elsewhere: fields.get("elsewhere"), blocks: fields.get("blocks") === "yes",
    policy: (fields.get("policy") ?? "restricted") as Attack["policy"],
    expect: expected === undefined ? undefined : expectation(name, expected),
  };
}

function expectation(name: string, text: string): Attack["expect"] {
  if (text === "held") return "held";
  const match = /^error (\w+): ?(.*)$/.exec(text);
  if (match === null) throw new Error(`${name}: cannot read expectation '${text}'`);
  return { code: match[1]!, message: match[2]! };
}
