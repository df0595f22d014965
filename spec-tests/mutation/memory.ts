// What earlier runs found out about mutants, in a file that git ignores.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Mutant } from "./mutant.js";

export interface Finding {
  /** The test that failed; "" when none did. */
  readonly caughtBy: string;
  readonly seconds: number;
}

export class Memory {
  private findings: Readonly<Record<string, Finding>>;

  /** `fresh`: what the file says is forgotten. */
  constructor(private readonly file: string, fresh: boolean) {
    this.findings = fresh ? {} : this.read();
    if (fresh) this.write();
  }

  private read(): Record<string, Finding> {
    return existsSync(this.file) ? (JSON.parse(readFileSync(this.file, "utf8")) as Record<string, Finding>) : {};
  }

  private write(): void {
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(this.file, `${JSON.stringify(this.findings, null, 1)}\n`);
  }

  /** What is known of the mutant in a file that reads `source`. */
  of(mutant: Mutant, source: string): Finding | undefined {
    return this.findings[keyOf(mutant, source)];
  }

  /** A mutant that nobody noticed is tried again: tests get better. */
  isCaught(mutant: Mutant, source: string): boolean {
    return (this.of(mutant, source)?.caughtBy ?? "") !== "";
  }

  note(mutant: Mutant, source: string, finding: Finding): void {
    this.findings = { ...this.findings, ...this.read(), [keyOf(mutant, source)]: finding }; // another run may have written meanwhile
    this.write();
  }
}

function keyOf({ name, find, replace }: Mutant, source: string): string {
  return `${name} ${createHash("sha256").update([find, replace, source].join("\0")).digest("hex").slice(0, 12)}`;
}
