// Arithmetic for models: expressions of numbers, read and computed by hand, so that a text is never run as code.
import { BridgeFailure } from "./failure.js";

const CONSTANTS: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E };
const FUNCTIONS: Readonly<Record<string, (...args: number[]) => number>> = {
  abs: Math.abs, ceil: Math.ceil, floor: Math.floor, round: Math.round, trunc: Math.trunc, sign: Math.sign,
  sqrt: Math.sqrt, exp: Math.exp, ln: Math.log, log: Math.log, log10: Math.log10, log2: Math.log2,
  sin: Math.sin, cos: Math.cos, tan: Math.tan, asin: Math.asin, acos: Math.acos, atan: Math.atan,
  min: Math.min, max: Math.max, pow: (a = NaN, b = NaN) => a ** b, hypot: Math.hypot,
};
const DEEPEST = 100;

/** Throws BridgeFailure "invalid" for what is no expression, or has no finite value. */
export function calculate(text: string): number {
  const value = new Calculator(text).all();
  if (!Number.isFinite(value)) throw new BridgeFailure("invalid", `'${text}' has no finite value`);
  return value;
}

class Calculator {
  private readonly tokens: readonly string[];
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {
    this.tokens = text.match(/\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|[A-Za-z_]\w*|\*\*|\S/g) ?? [];
  }

  all(): number {
    const value = this.sum();
    if (this.at < this.tokens.length) this.wrong();
    return value;
  }

  private sum(): number {
    if (++this.depth > DEEPEST) throw new BridgeFailure("invalid", "the expression is nested too deep");
    let value = this.product();
    for (let sign = this.take("+", "-"); sign !== undefined; sign = this.take("+", "-")) value = sign === "+" ? value + this.product() : value - this.product();
    this.depth--;
    return value;
  }

  private product(): number {
    let value = this.signed();
    for (let sign = this.take("*", "/", "%"); sign !== undefined; sign = this.take("*", "/", "%")) {
      const right = this.signed();
      value = sign === "*" ? value * right : sign === "/" ? value / right : value - Math.floor(value / right) * right;
    }
    return value;
  }

  private signed(): number {
    let negative = false;
    for (let sign = this.take("-", "+"); sign !== undefined; sign = this.take("-", "+")) if (sign === "-") negative = !negative;
    const value = this.power();
    return negative ? -value : value;
  }

  private power(): number {
    const base = this.atom();
    if (this.take("^", "**") === undefined) return base;
    if (++this.depth > DEEPEST) throw new BridgeFailure("invalid", "the expression is nested too deep");
    const value = base ** this.signed(); // to the right: 2^3^2 is 2^9
    this.depth--;
    return value;
  }

  private atom(): number {
    const token = this.tokens[this.at++];
    if (token === undefined) return this.wrong();
    if (token === "(") return this.closed(this.sum());
    if (/^[\d.]/.test(token)) return Number(token);
    if (Object.hasOwn(CONSTANTS, token)) return CONSTANTS[token]!;
    if (!Object.hasOwn(FUNCTIONS, token) || this.take("(") === undefined) return this.wrong();
    const args = [this.sum()];
    while (this.take(",") !== undefined) args.push(this.sum());
    return this.closed(FUNCTIONS[token]!(...args));
  }

  private closed(value: number): number {
    return this.take(")") === undefined ? this.wrong() : value;
  }

  private take(...wanted: readonly string[]): string | undefined {
    const token = this.tokens[this.at];
    if (token === undefined || !wanted.includes(token)) return undefined;
    this.at++;
    return token;
  }

  private wrong(): never {
    throw new BridgeFailure("invalid", `'${this.text.slice(0, 100)}' is no arithmetic expression`);
  }
}
