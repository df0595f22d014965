// The one place where JavaScript text is made. Script text never enters it: values travel through the constant pool, names
// are ours, numbers are printed by JavaScript.

export class Writer {
  private readonly lines: string[] = [];
  private readonly pool: unknown[] = [];
  /** By line of the text, the instruction that begins there. */
  readonly marks = new Map<number, number>();

  line(text: string): void {
    this.lines.push(text);
  }

  /** What is written from here on is the instruction at `pc`. */
  mark(pc: number): void {
    this.marks.set(this.lines.length, pc);
  }

  /** Keeps the place of a line that is known later: {@link fill}. */
  later(): number {
    return this.lines.push("") - 1;
  }

  fill(place: number, text: string): void {
    this.lines[place] = text;
  }

  /** An expression for a host value: a name bound to it. */
  constant(value: unknown): string {
    const known = this.pool.indexOf(value);
    return `k${known >= 0 ? known : this.pool.push(value) - 1}`;
  }

  /**
   * The function `(parameters) => { text }`, closed over the pool, in parentheses so that V8 reads it once and not twice. The pool's names are
   * parameters: of a `const` V8 asks at each use whether it has a value yet. Throws what `new Function` throws where it is forbidden.
   */
  link(parameters: string): unknown {
    const names = this.pool.map((_, i) => `k${i}`).join();
    return new Function(names, `"use strict";return (function emitted(${parameters}) {\n${this.text()}\n});`)(...this.pool) as unknown;
  }

  /** The values behind k0, k1, … */
  get constants(): readonly unknown[] {
    return this.pool;
  }

  text(): string {
    return this.lines.join("\n");
  }
}
