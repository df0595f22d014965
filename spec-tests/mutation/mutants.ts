// Seeded bugs: small, plausible mistakes in every subsystem, each a replacement in one file. `npm run mutate` applies them one
// at a time to a copy of the project and asks whether the suite notices.

export interface Mutant {
  /** Subsystem and mistake. */
  readonly name: string;
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Test files that should notice, tried before the whole suite. */
  readonly tests: readonly string[];
}

export const MUTANTS: readonly Mutant[] = [
  // lexer and parser
  {
    name: "numbers: a tab before a numeral is no space",
    file: "src/number/parse.ts",
    find: "c === 32 || (c >= 9 && c <= 13)",
    replace: "c === 32 || (c >= 10 && c <= 13)",
    tests: ["test/number", "test/stdlib", "spec-tests"],
  },
  {
    name: "numbers: hexadecimal digits end at e",
    file: "src/number/parse.ts",
    find: "letter <= 102",
    replace: "letter <= 101",
    tests: ["test/number", "test/lexer"],
  },
  {
    name: "numbers: an exponent without digits is accepted",
    file: "src/number/parse.ts",
    find: "return i > first ? i : -1;",
    replace: "return i;",
    tests: ["test/number", "test/lexer"],
  },
  {
    name: "numbers: hexadecimal floats are rounded down",
    file: "src/number/parse.ts",
    find: "mantissa |= 1n;",
    replace: "mantissa |= 0n;",
    tests: ["test/number"],
  },
  {
    name: "arithmetic: floor modulo forgets the sign of the divisor",
    file: "src/number/arithmetic.ts",
    find: "return remainder !== 0 && remainder < 0 !== b < 0 ? remainder + b : remainder + 0;",
    replace: "return remainder + 0;",
    tests: ["test/number"],
  },
  {
    name: "arithmetic: floor division of wide integers truncates",
    file: "src/number/arithmetic.ts",
    find: "divisor < 0n ? quotient - 1n : quotient);",
    replace: "divisor < 0n ? quotient : quotient);",
    tests: ["test/number"],
  },
  {
    name: "arithmetic: integer multiplication keeps −0",
    file: "src/number/arithmetic.ts",
    find: "return product + 0;",
    replace: "return product;",
    tests: ["test/number", "test/vm"],
  },
  {
    name: "arithmetic: a shift by 63 gives nothing",
    file: "src/number/arithmetic.ts",
    find: "if (typeof distance === \"bigint\" || distance >= 64 || distance <= -64) return 0;\n  return distance >= 0 ? shiftLeft",
    replace: "if (typeof distance === \"bigint\" || distance >= 63 || distance <= -64) return 0;\n  return distance >= 0 ? shiftLeft",
    tests: ["test/number"],
  },
  {
    name: "arithmetic: <= of mixed numbers is <",
    file: "src/number/arithmetic.ts",
    find: "plain(a) <= plain(b)",
    replace: "plain(a) < plain(b)",
    tests: ["test/number", "test/vm"],
  },
  // tables
  {
    name: "tables: the array part takes over one integer key too few",
    file: "src/vm/table.ts",
    find: "for (let next = hash.get(++n); next !== undefined; next = hash.get(++n)) {",
    replace: "for (let next = hash.get(++n); next !== undefined && n < 3; next = hash.get(++n)) {",
    tests: ["test/vm"],
  },
  {
    name: "tables: the border search is off by one",
    file: "src/vm/table.ts",
    find: "return (this.border = low);",
    replace: "return (this.border = low + 1);",
    tests: ["test/vm", "test/stdlib"],
  },
  {
    name: "tables: growth of the slots is not accounted for",
    file: "src/vm/table.ts",
    find: "allocate((room - slot) * SIZE.hashSlot);",
    replace: "",
    tests: ["test/vm"],
  },
  {
    name: "tables: NaN is accepted as a key",
    file: "src/vm/table.ts",
    find: "else if (key !== key) raise(\"table index is NaN\");",
    replace: "else if (key === Infinity) raise(\"table index is NaN\");",
    tests: ["test/vm", "test/stdlib"],
  },
  {
    name: "shapes: a dictionary forgets to index a new key",
    file: "src/vm/shape.ts",
    find: "if (this.index !== null) this.index.set(key, this.size);",
    replace: "",
    tests: ["test/vm"],
  },
  {
    name: "inline caches: a change of the metatable goes unnoticed",
    file: "src/vm/inline-cache.ts",
    find: "return entry.epoch === lookups.epoch ? entry.holder.slots[entry.slot] : undefined;",
    replace: "return entry.holder.slots[entry.slot];",
    tests: ["test/vm"],
  },
  {
    name: "inline caches: __newindex is not asked for new fields",
    file: "src/vm/inline-cache.ts",
    find: "if (!mayAdd(t) || t.shape.guard !== Guard.None) return false;",
    replace: "if (t.shape.guard !== Guard.None) return false;",
    tests: ["test/vm", "test/scripts.test.ts"],
  },
  {
    name: "metatables: a filled field does not clear the absence flags",
    file: "src/vm/table.ts",
    find: "if (old === undefined) this.absent = 0;",
    replace: "",
    tests: ["test/vm"],
  },
  {
    name: "guarded tables: a cached write goes into a read-only table",
    file: "src/vm/inline-cache.ts",
    find: "if (t.shape.guard > Guard.NoNewKeys) return false;",
    replace: "",
    tests: ["test/engine", "test/vm"],
  },
  // calls, errors, coroutines
  {
    name: "calls: missing arguments keep what was in the register",
    file: "src/vm/calls.ts",
    find: "for (let i = nargs; i < proto.numParams; i++) L.stack[base + i] = undefined;",
    replace: "for (let i = nargs + 1; i < proto.numParams; i++) L.stack[base + i] = undefined;",
    tests: ["test/vm", "test/scripts.test.ts"],
  },
  {
    name: "coroutines: a dead one is suspended",
    file: "src/vm/calls.ts",
    find: "L.status = ThreadStatus.Dead;",
    replace: "L.status = ThreadStatus.Suspended;",
    tests: ["test/vm", "test/stdlib"],
  },
  {
    name: "concat: metamethod results go one register too low",
    file: "src/vm/calls.ts",
    find: "L.stack[frame.base + getA(word) + count - 2] = result;",
    replace: "L.stack[frame.base + getA(word) + count - 3] = result;",
    tests: ["test/vm", "test/scripts.test.ts"],
  },
  {
    name: "comparisons: the result of __lt and its like is taken as the opposite after a yield",
    file: "src/vm/calls.ts",
    find: "if (isTruthy(result) !== (getK(word) === 1)) frame.pc++;",
    replace: "if (isTruthy(result) === (getK(word) === 1)) frame.pc++;",
    tests: ["test/vm", "test/stdlib"],
  },
  // meter and memory
  {
    name: "meter: natives work for nothing",
    file: "src/vm/meter.ts",
    find: "this.charged += units;\n    this.fuel -= units;",
    replace: "this.charged += units;",
    tests: ["test/vm", "test/security"],
  },
  {
    name: "meter: a limit is passed by one",
    file: "src/vm/meter.ts",
    find: "if (this.granted - this.fuel > this.limit) {",
    replace: "if (this.granted - this.fuel > this.limit + 1) {",
    tests: ["test/vm", "test/jit"],
  },
  {
    name: "meter: the deadline is not looked at",
    file: "src/vm/meter.ts",
    find: "this.now() >= this.deadline",
    replace: "this.now() > this.deadline + 1e9",
    tests: ["test/vm", "test/cli"],
  },
  {
    name: "memory: large strings are reserved after they are built",
    file: "src/vm/memory.ts",
    find: "if (this.inUse + bytes <= this.limit) return;\n",
    replace: "return;\n",
    tests: ["test/vm", "test/security"],
  },
  {
    name: "census: what the host holds is garbage",
    file: "src/vm/census.ts",
    find: "for (const value of this.roots) this.markValue(value);",
    replace: "",
    tests: ["test/vm", "test/engine"],
  },
  {
    name: "census: finalizers run oldest first",
    file: "src/vm/census.ts",
    find: "dead.reverse();",
    replace: "",
    tests: ["test/vm", "test/scripts.test.ts"],
  },
  {
    name: "census: weak values of finalized objects are cleared too late",
    file: "src/vm/census.ts",
    find: "this.clearValues(this.weakValues);\n",
    replace: "",
    tests: ["test/vm", "test/scripts.test.ts"],
  },
  // compiler and chunks
  {
    name: "compiler: division by zero is folded",
    file: "src/compiler/fold.ts",
    find: "case BinaryOp.Div: return toDouble(b) === 0 ? undefined : div(a, b);",
    replace: "case BinaryOp.Div: return div(a, b);",
    tests: ["test/compiler", "spec-tests/oracle"],
  },
  {
    name: "chunks: the length of a string is written without its final zero",
    file: "src/bytecode/dump.ts",
    find: "this.size(text.length + 1);",
    replace: "this.size(text.length);",
    tests: ["test/bytecode"],
  },
  // standard library
  {
    name: "sort: the last element of a short list stays where it is",
    file: "src/stdlib/sort.ts",
    find: "for (let i = 2; i <= n; i++) {",
    replace: "for (let i = 2; i < n; i++) {",
    tests: ["test/stdlib"],
  },
  {
    name: "sort: the shortcut is taken for unordered kinds",
    file: "src/stdlib/sort.ts",
    find: "if (typeof v !== kind || v !== v) return false;",
    replace: "if (v !== v) return false;",
    tests: ["test/stdlib"],
  },
  {
    name: "patterns: - is greedy",
    file: "src/stdlib/string/matcher.ts",
    find: "s = this.expandLeast(s, step);",
    replace: "s = this.expandMost(s, s, step);",
    tests: ["test/stdlib", "spec-tests"],
  },
  {
    name: "patterns: skipping what cannot match is free",
    file: "src/stdlib/string/matcher.ts",
    find: "this.fuel -= start - skipped;",
    replace: "",
    tests: ["test/stdlib", "test/security"],
  },
  {
    name: "parser: .. is left associative",
    file: "src/parser/expressions.ts",
    find: "RIGHT_POWER[op] = right;",
    replace: "RIGHT_POWER[op] = left;",
    tests: ["test/parser", "test/compiler"],
  },
  {
    name: "parser: an operator of the same level is taken into the right operand",
    file: "src/parser/expressions.ts",
    find: "LEFT_POWER[op]! > limit",
    replace: "LEFT_POWER[op]! >= limit",
    tests: ["test/parser", "test/compiler"],
  },
  {
    name: "compiler: goto out of a block does not close its upvalues",
    file: "src/compiler/blocks.ts",
    find: "if (block.hasUpvalue && jump.registers > registers) jump.closes = true;",
    replace: "",
    tests: ["test/compiler", "spec-tests/oracle"],
  },
  {
    name: "loops: one iteration too many with a step",
    file: "src/vm/for-loop.ts",
    find: "return Math.floor(distance / Math.abs(step));",
    replace: "return Math.ceil(distance / Math.abs(step));",
    tests: ["test/vm", "test/scripts.test.ts"],
  },
  {
    name: "loops: a float loop leaves out its limit",
    file: "src/vm/for-loop.ts",
    find: "if (step.n > 0 ? !(next <= end) : !(end <= next)) return false;",
    replace: "if (step.n > 0 ? !(next < end) : !(end <= next)) return false;",
    tests: ["test/vm", "test/scripts.test.ts"],
  },
  {
    name: "loops: a float limit of an integer loop is rounded the wrong way",
    file: "src/vm/for-loop.ts",
    find: "step < 0 ? Math.ceil(end) : Math.floor(end)",
    replace: "step < 0 ? Math.floor(end) : Math.floor(end)",
    tests: ["test/vm", "test/scripts.test.ts", "spec-tests/manual.test.ts"],
  },
  {
    name: "patterns: %b starts anywhere",
    file: "src/stdlib/string/matcher.ts",
    find: "if (s >= text.length || text.charCodeAt(s) !== open) return -1;",
    replace: "if (s >= text.length) return -1;",
    tests: ["test/stdlib"],
  },
  {
    name: "patterns: a capture that failed stays open",
    file: "src/stdlib/string/matcher.ts",
    find: "if (result < 0) this.level--;",
    replace: "",
    tests: ["test/stdlib"],
  },
  {
    name: "utf8: surrogates are accepted",
    file: "src/stdlib/utf8.ts",
    find: "code > MAX_UNICODE || (code >= 0xd800 && code <= 0xdfff)",
    replace: "code > MAX_UNICODE || (code > 0xd800 && code <= 0xdfff)",
    tests: ["test/stdlib"],
  },
  {
    name: "table.unpack: no limit on the number of results",
    file: "src/stdlib/table.ts",
    find: "if (f.top + SPARE_STACK + count > MAX_STACK) f.error(\"too many results to unpack\");",
    replace: "",
    tests: ["test/stdlib", "test/security"],
  },
];
