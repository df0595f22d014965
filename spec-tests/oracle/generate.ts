// Programs for comparing compilers: every construct of the language, laid out at random over lines. They are made to be
// compiled, not run. Each comes from a list of choices, so fast-check shrinks the program by shrinking the list; where the list
// ends the simplest choice is taken, so every list gives a whole program.
import fc from "fast-check";

const BINARY = ["+", "-", "*", "/", "//", "%", "^", "..", "==", "~=", "<", "<=", ">", ">=", "and", "or", "&", "|", "~", "<<", ">>"];
const UNARY = ["-", "not", "#", "~"];
const GLOBALS = ["x", "y", "print", "f", "g", "t", "obj", "i", "_ENV"];
const FIELDS = ["a", "b", "x", "n", "next", "name", "a_rather_long_field_name_of_more_than_forty_characters"];
const LOCALS = ["a", "b", "c", "i", "k", "v", "self", "x", "_ENV", "t"];
const NUMBERS = [
  "0", "1", "2", "3", "-1", "127", "128", "129", "-127", "-128", "255", "256", "1000", "65535", "65536", "65537", "131071", "131072",
  "0x7fffffff", "0xffffffffffffffff", "9223372036854775807", "9223372036854775808", "9007199254740993", "0.0", "1.0", "2.0", "0.5", "-0.0",
  "128.0", "129.0", "1e10", "1e15", "9007199254740992.0", "9007199254740994", "1e308", "1e309", "0x1p4", "0x.8", "3.", ".5", "2.220446049250313e-16",
  "65536.0", "65537.0", "1e300",
];
const STRINGS = [
  '""', "'a'", '"x"', '"name"', "'it\\'s'", '"\\n\\t\\\\\\065\\x41\\u{48}\\u{7FFFFFFF}\\z  \n  end"', '"line\\\nbreak"', "[[long]]", "[[\nfirst\nsecond\r\nthird]]",
  "[==[ ]] ]=] ]==]", '"exactly_forty_characters_in_this_string_"', '"exactly_forty_one_characters_in_the_string"', '"\\0\\255"', '"\xe4\xf6\xfc"',
];

class Choices {
  private at = 0;

  constructor(private readonly list: readonly number[]) {}

  /** A number in [0, count); 0 once the list has ended. */
  pick(count: number): number {
    const choice = this.list[this.at++];
    return choice === undefined ? 0 : choice % count;
  }

  of<T>(items: readonly T[]): T {
    return items[this.pick(items.length)]!;
  }

  get ended(): boolean {
    return this.at >= this.list.length;
  }
}

interface FunctionContext {
  readonly isVararg: boolean;
  /** Visible locals by name; false for those that cannot be assigned. */
  scopes: Map<string, boolean>[];
  loops: number;
  /** Labels that a goto here may name. */
  labels: string[];
  labelCount: number;
  localCount: number;
}

class Generator {
  readonly tokens: string[] = [];
  private readonly functions: FunctionContext[] = [];

  constructor(private readonly choices: Choices) {}

  program(): void {
    this.functions.push(newContext(true));
    this.block(0, 3 + this.choices.pick(8));
  }

  private get fn(): FunctionContext {
    return this.functions[this.functions.length - 1]!;
  }

  private put(...tokens: string[]): void {
    this.tokens.push(...tokens);
  }

  // Names

  private declare(name: string, assignable: boolean): void {
    const { fn } = this;
    fn.scopes[fn.scopes.length - 1]!.set(name, assignable);
    fn.localCount++;
  }

  private canAssign(name: string): boolean {
    for (let f = this.functions.length - 1; f >= 0; f--) {
      const { scopes } = this.functions[f]!;
      for (let s = scopes.length - 1; s >= 0; s--) {
        const known = scopes[s]!.get(name);
        if (known !== undefined) return known;
      }
    }
    return true;
  }

  private name(): string {
    return this.choices.pick(3) === 0 ? this.choices.of(GLOBALS) : this.choices.of(LOCALS);
  }

  // Expressions

  private expression(depth: number): void {
    const { choices } = this;
    if (depth > 5 || choices.ended) return this.atom();
    switch (choices.pick(16)) {
      case 0: case 1: case 2: return this.atom();
      case 3: case 4: case 5: case 6:
        this.operand(depth + 1);
        this.put(choices.of(BINARY));
        return this.operand(depth + 1);
      case 7:
        this.put(choices.of(UNARY));
        return this.operand(depth + 1);
      case 8: case 9: return this.suffixed(depth);
      case 10: return this.call(depth);
      case 11: return this.table(depth);
      case 12: return this.functionBody(depth, ["function"]);
      case 13: {
        const op = choices.of(["..", "and", "or", "+", "==", "<"]);
        this.operand(depth + 1);
        for (let n = 1 + choices.pick(5); n > 0; n--) {
          this.put(op === "and" && choices.pick(4) === 0 ? "or" : op);
          this.operand(depth + 2);
        }
        return;
      }
      case 14:
        this.put("(");
        this.expression(depth + 1);
        return this.put(")");
      default: // comparison and arithmetic with a constant on either side
        if (choices.pick(2) === 0) {
          this.number();
          this.put(choices.of(BINARY));
          return this.atom();
        }
        this.suffixed(depth + 1);
        this.put(choices.of(BINARY));
        return this.number();
    }
  }

  /** An expression that can follow any operator. */
  private operand(depth: number): void {
    this.expression(depth);
  }

  private number(): void {
    this.put(...this.choices.of(NUMBERS).split(/(?=(?<=^-))/));
  }

  private atom(): void {
    const { choices } = this;
    switch (choices.pick(9)) {
      case 0: case 1: return this.put(this.name());
      case 2: return this.put("nil");
      case 3: return this.put("true");
      case 4: return this.put("false");
      case 5: return this.put(this.fn.isVararg ? "..." : "nil");
      case 6: return this.put(choices.of(STRINGS));
      default: return this.number();
    }
  }

  private suffixed(depth: number): void {
    this.primary(depth);
    for (let n = this.choices.pick(3); n > 0; n--) this.index(depth);
  }

  private primary(depth: number): void {
    if (depth < 5 && this.choices.pick(6) === 1) {
      this.put("(");
      this.expression(depth + 1);
      this.put(")");
    } else this.put(this.name());
  }

  private index(depth: number): void {
    const { choices } = this;
    if (choices.pick(2) === 0) return this.put(".", choices.of(FIELDS));
    this.put("[");
    if (choices.pick(3) === 0) this.expression(depth + 1);
    else this.atom();
    this.put("]");
  }

  private call(depth: number): void {
    this.suffixed(depth + 1);
    do {
      if (this.choices.pick(3) === 1) this.put(":", this.choices.of(FIELDS));
      this.callArguments(depth);
    } while (this.choices.pick(4) === 1);
  }

  private callArguments(depth: number): void {
    const { choices } = this;
    switch (choices.pick(6)) {
      case 1: return this.put(choices.of(STRINGS));
      case 2: return this.table(depth);
      default:
        this.put("(");
        this.list(choices.pick(4), depth + 1);
        return this.put(")");
    }
  }

  private list(count: number, depth: number): void {
    for (let i = 0; i < count; i++) {
      if (i > 0) this.put(",");
      this.expression(depth);
    }
  }

  private table(depth: number): void {
    const { choices } = this;
    this.put("{");
    const kind = choices.pick(20);
    if (kind === 19 || kind === 18) { // enough to flush, or to run out of short constant indices
      const count = kind === 19 ? 40 + choices.pick(80) : 200 + choices.pick(120);
      const text = choices.pick(2) === 0;
      for (let i = 0; i < count; i++) this.put(text ? `"s${i}"` : `${i}.25`, ",");
    }
    for (let n = choices.pick(5); n > 0; n--) {
      switch (choices.pick(3)) {
        case 0:
          this.expression(depth + 1);
          break;
        case 1:
          this.put(choices.of(FIELDS), "=");
          this.expression(depth + 1);
          break;
        default:
          this.put("[");
          this.expression(depth + 1);
          this.put("]", "=");
          this.expression(depth + 1);
      }
      if (n > 1 || choices.pick(3) === 1) this.put(choices.pick(3) === 0 ? ";" : ",");
    }
    this.put("}");
  }

  private functionBody(depth: number, head: readonly string[], isMethod = false): void {
    const { choices } = this;
    if (this.functions.length > 6) return this.put("nil");
    this.put(...head, "(");
    const parameters = Array.from({ length: choices.pick(4) }, () => choices.of(LOCALS));
    const isVararg = choices.pick(3) === 0;
    this.put(...[...parameters, ...(isVararg ? ["..."] : [])].join(" , ").split(" ").filter((token) => token !== ""));
    this.put(")");
    this.functions.push(newContext(isVararg));
    if (isMethod) this.declare("self", true);
    for (const parameter of parameters) this.declare(parameter, true);
    this.block(depth + 1, choices.pick(4));
    this.functions.pop();
    this.put("end");
  }

  // Statements

  private block(depth: number, count: number): void {
    const { choices, fn } = this;
    fn.scopes.push(new Map());
    const labelsBefore = fn.labels.length;
    const target = choices.pick(5) === 1 ? `L${fn.labelCount++}` : undefined; // at the end: gotos go forward
    if (target !== undefined) fn.labels.push(target);
    if (choices.pick(10) === 1) {
      const start = `L${fn.labelCount++}`;
      this.put("::", start, "::");
      fn.labels.push(start);
    }
    for (let i = 0; i < count; i++) {
      if (choices.ended && i > 1) break;
      this.statement(depth);
      if (choices.pick(8) === 1) this.put(";");
    }
    if (target === undefined && choices.pick(8) === 1) this.returnStatement(depth);
    else if (target !== undefined) {
      this.put("::", target, "::");
      if (choices.pick(3) === 1) this.put(";", "::", `L${fn.labelCount++}`, "::");
    }
    fn.labels.length = labelsBefore;
    fn.scopes.pop();
  }

  private statement(depth: number): void {
    const { choices, fn } = this;
    if (depth > 4) return this.simpleStatement(depth);
    switch (choices.pick(14)) {
      case 0: case 1: case 2: case 3: case 4: case 5: return this.simpleStatement(depth);
      case 6:
        this.put("do");
        this.block(depth + 1, 1 + choices.pick(3));
        return this.put("end");
      case 7:
        this.put("while");
        this.expression(depth);
        this.put("do");
        this.loopBlock(depth);
        return this.put("end");
      case 8:
        this.put("repeat");
        fn.loops++;
        fn.scopes.push(new Map());
        for (let n = choices.pick(4); n > 0; n--) this.statement(depth + 1);
        this.put("until");
        this.expression(depth);
        fn.scopes.pop();
        fn.loops--;
        return;
      case 9: case 10: return this.ifStatement(depth);
      case 11: return this.forStatement(depth);
      case 12: {
        const target = choices.of(GLOBALS);
        if (!this.canAssign(target)) return this.simpleStatement(depth);
        const fields = Array.from({ length: choices.pick(3) }, () => [".", choices.of(FIELDS)]).flat();
        const isMethod = choices.pick(3) === 1;
        return this.functionBody(depth, ["function", target, ...fields, ...(isMethod ? [":", choices.of(FIELDS)] : [])], isMethod);
      }
      default: {
        const name = choices.of(LOCALS);
        this.declare(name, true);
        return this.functionBody(depth, ["local", "function", name]);
      }
    }
  }

  private loopBlock(depth: number): void {
    this.fn.loops++;
    this.block(depth + 1, this.choices.pick(4));
    this.fn.loops--;
  }

  private simpleStatement(depth: number): void {
    const { choices, fn } = this;
    switch (choices.pick(12)) {
      case 0: case 1: case 2: return this.localStatement(depth);
      case 3: case 4: case 5: return this.assignment(depth);
      case 6: case 7: return this.callStatement(depth);
      case 8: return fn.loops > 0 ? this.put("break") : this.callStatement(depth);
      case 9: return fn.labels.length > 0 ? this.put("goto", choices.of(fn.labels)) : this.assignment(depth);
      case 10: return this.manyStatements(depth);
      default: return this.put(";");
    }
  }

  /** The same short statement over and over: long jumps, many lines, many constants. */
  private manyStatements(depth: number): void {
    const { choices } = this;
    if (depth > 3) return this.callStatement(depth);
    const form = choices.pick(5);
    const count = choices.pick(8) === 1 ? 140 + choices.pick(200) : 3 + choices.pick(12);
    for (let i = 0; i < count; i++) {
      switch (form) {
        case 0: this.put("print", "(", `"k${i}"`, ")"); break;
        case 1: this.put("t", ".", `f${i}`, "=", `${i}.5`); break;
        case 2: this.put("x", "=", "x", "+", `${i * 100}`); break;
        case 3: this.put("t", "[", `${i}`, "]", "=", "t", "[", `f${i}`, "]"); break;
        default: this.put("f", "{", `${i}`, ",", `n${i}`, "=", "...".slice(0, this.fn.isVararg ? 3 : 0) || "nil", "}"); break;
      }
    }
  }

  private callStatement(depth: number): void {
    this.put(";"); // it may start with a parenthesis
    this.call(depth);
  }

  private localStatement(depth: number): void {
    const { choices, fn } = this;
    const many = choices.pick(25) === 1 && fn.localCount < 40;
    const count = many ? 20 + choices.pick(60) : 1 + choices.pick(3);
    if (fn.localCount + count > 150) return this.callStatement(depth);
    const names: [string, boolean][] = [];
    let hasClose = false;
    this.put("local");
    for (let i = 0; i < count; i++) {
      const name = many ? `m${i}` : choices.of(LOCALS);
      if (i > 0) this.put(",");
      this.put(name);
      const attribute = choices.pick(8);
      if (attribute === 1) this.put("<", "const", ">");
      if (attribute === 2 && !hasClose) {
        this.put("<", "close", ">");
        hasClose = true;
      }
      names.push([name, attribute !== 1 && attribute !== 2]);
    }
    const values = choices.pick(5);
    if (values > 0) {
      this.put("=");
      const valueCount = values < 3 ? Math.min(count, 6) : values - 2;
      for (let i = 0; i < valueCount; i++) {
        if (i > 0) this.put(",");
        if (choices.pick(2) === 0) this.atom();
        else this.expression(depth + 1);
      }
    }
    for (const [name, assignable] of names) this.declare(name, assignable);
  }

  private assignment(depth: number): void {
    const { choices } = this;
    this.put(";");
    const count = 1 + (choices.pick(3) === 1 ? choices.pick(4) : 0);
    for (let i = 0; i < count; i++) {
      if (i > 0) this.put(",");
      const name = this.name();
      if (choices.pick(2) === 0 && this.canAssign(name)) this.put(name);
      else {
        this.suffixed(depth + 1);
        if (choices.pick(4) === 1) this.callArguments(depth + 1);
        this.index(depth);
      }
    }
    this.put("=");
    this.list(Math.max(1, count + choices.pick(3) - 1), depth + 1);
  }

  private ifStatement(depth: number): void {
    const { choices, fn } = this;
    for (let i = 0, clauses = 1 + choices.pick(3); i < clauses; i++) {
      this.put(i === 0 ? "if" : "elseif");
      this.expression(depth);
      this.put("then");
      if (fn.loops > 0 && choices.pick(3) === 1) {
        if (choices.pick(4) === 1) this.put(";");
        this.put("break");
        if (choices.pick(3) === 1) this.put(";", ";");
        if (choices.pick(2) === 0) continue;
      } else if (fn.labels.length > 0 && choices.pick(3) === 1) this.put("goto", choices.of(fn.labels));
      this.block(depth + 1, choices.pick(3));
    }
    if (choices.pick(2) === 1) {
      this.put("else");
      this.block(depth + 1, choices.pick(3));
    }
    this.put("end");
  }

  private forStatement(depth: number): void {
    const { choices, fn } = this;
    this.put("for");
    fn.scopes.push(new Map());
    if (fn.localCount > 150) {
      this.put("i", "=", "1", ",", "2", "do", "end");
      fn.scopes.pop();
      return;
    }
    fn.localCount += 4;
    if (choices.pick(2) === 0) {
      const name = choices.of(LOCALS);
      this.put(name, "=");
      this.list(2 + choices.pick(2), depth + 1);
      this.declare(name, true);
    } else {
      const names = Array.from({ length: 1 + choices.pick(4) }, () => choices.of(LOCALS));
      this.put(...names.join(" , ").split(" "), "in");
      this.list(1 + choices.pick(4), depth + 1);
      for (const name of names) this.declare(name, true);
    }
    this.put("do");
    this.loopBlock(depth);
    this.put("end");
    fn.scopes.pop();
  }

  private returnStatement(depth: number): void {
    const { choices } = this;
    this.put("return");
    if (choices.pick(4) === 1) this.call(depth);
    else this.list(choices.pick(4), depth);
    if (choices.pick(4) === 1) this.put(";");
  }
}

function newContext(isVararg: boolean): FunctionContext {
  return { isVararg, scopes: [new Map()], loops: 0, labels: [], labelCount: 0, localCount: 0 };
}

/** Joins tokens with spaces, line breaks and comments. */
function layOut(tokens: readonly string[], choices: Choices): string {
  const style = choices.pick(4); // how often lines break
  const parts: string[] = [];
  for (const token of tokens) {
    parts.push(token, gap(style, choices));
  }
  return parts.join("");
}

function gap(style: number, choices: Choices): string {
  if (choices.ended || style === 0) return " ";
  const choice = choices.pick(style === 1 ? 30 : style === 2 ? 12 : 4);
  switch (choice) {
    case 1: return "\n";
    case 2: return choices.pick(3) === 0 ? "\r\n" : "\n\n";
    case 3: return [" ", " --c\n", " --[[ c\n\n ]] ", "\n".repeat(130), "\n\r", "\t", "\r", " --[==[ ]] ]==] "][choices.pick(8)]!;
    default: return " ";
  }
}

const choiceList = (maxLength: number): fc.Arbitrary<number[]> =>
  fc.array(fc.nat({ max: 0x7fffffff }), { minLength: 8, maxLength, size: "max" });

/** A whole program as tokens. It compiles, save for a limit now and then. */
export const programTokens: fc.Arbitrary<string[]> = choiceList(600).map((list) => {
  const generator = new Generator(new Choices(list));
  generator.program();
  return generator.tokens;
});

/** The text of a whole program. */
export const programs: fc.Arbitrary<string> = fc.tuple(programTokens, choiceList(400)).map(([tokens, layout]) =>
  layOut(tokens, new Choices(layout)));

const GARBAGE = [
  "end", "(", ")", "=", "@", "$", "'", '"x', "[[", "[=", "goto", "::", "break", "return", "local", "0x", "3x", "1e", '"\\q"', '"\\300"', '"\\u{110000000000}"',
  '"\\xZ"', "\\", "\x01", "\xff", "\0", "<const>", "function", "...", "{", "}", "until", "then", "a b", "--[[", '"\n', ",", ";", "not", "x.", "x:", "1..2",
  '"\\u{', "'a\\\n", "<close>", "local x <const> = 1 ; x = 2", "goto nowhere", "::L0::", "if", "nil = 1", "f() = 1", "x, f() = 1", "~", "local a <foo>",
];

/** Program texts with tokens dropped, repeated, swapped or garbage put in: most do not compile. */
export const brokenPrograms: fc.Arbitrary<string> = fc
  .tuple(programTokens, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 4 }), fc.nat()), { minLength: 1, maxLength: 3 }), choiceList(200))
  .map(([original, edits, layout]) => {
    const tokens = [...original];
    for (const [place, edit, choice] of edits) {
      const at = place % (tokens.length + 1);
      const garbage = GARBAGE[choice % GARBAGE.length]!;
      if (edit === 0) tokens.splice(at, 1);
      else if (edit === 1) tokens.splice(at, 0, tokens[at] ?? "end");
      else if (edit === 2) tokens.splice(at, 2, tokens[at + 1] ?? "", tokens[at] ?? "");
      else if (edit === 3) tokens.splice(at, 0, garbage);
      else tokens.splice(at, 1, garbage);
    }
    return layOut(tokens, new Choices(layout));
  });

/** As {@link brokenPrograms}, with single characters changed. */
export const damagedPrograms: fc.Arbitrary<string> = fc
  .tuple(programs, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 2 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 }))
  .map(([original, edits]) => edits.reduce((text, [place, edit, byte]) => {
    const at = place % (text.length + 1);
    return text.slice(0, at) + (edit === 0 ? "" : String.fromCharCode(byte)) + text.slice(edit === 1 ? at : at + 1);
  }, original));
