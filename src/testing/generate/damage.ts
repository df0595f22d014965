// Damaged programs: a meaningful program with some of its bytes or lines dropped, doubled, moved or replaced.
import fc from "fast-check";
import { programArbitrary } from "./program.js";

const junk = fc.constantFrom("end", "do", "(", ")", "[", "]", "{", "}", "=", "..", "...", '"', "'", "[[", "--", "::", "goto", "~=", "0x", "1e", ",", ";", "local", "<const>", "\\", "\n");

interface Damage {
  readonly at: number;
  readonly kind: "drop" | "insert" | "double" | "swap" | "cut";
  readonly length: number;
  readonly text: string;
}

const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  kind: fc.constantFrom("drop", "insert", "double", "swap", "cut"),
  length: fc.integer({ min: 1, max: 12 }),
  text: junk,
});

function apply(source: string, { at, kind, length, text }: Damage): string {
  const from = Math.floor(at * source.length);
  const to = from + length;
  switch (kind) {
    case "drop":
      return source.slice(0, from) + source.slice(to);
    case "insert":
      return `${source.slice(0, from)} ${text} ${source.slice(from)}`;
    case "double":
      return source.slice(0, to) + source.slice(from);
    case "swap":
      return source.slice(0, from) + source.slice(to, to + length) + source.slice(from, to) + source.slice(to + length);
    case "cut":
      return source.slice(0, from);
  }
}

/** Text that is nearly a program: most are refused, with a message that C Lua words the same. */
export const damagedProgramArbitrary: fc.Arbitrary<string> = fc
  .tuple(programArbitrary, fc.array(damage, { minLength: 1, maxLength: 3 }))
  .map(([source, damages]) => damages.reduce(apply, source));
