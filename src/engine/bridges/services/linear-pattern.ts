// Regular expressions whose time is proportional to pattern and text: what a script may hand over without holding the host.
import { RE2JS } from "re2js";
import { BridgeFailure, messageOf } from "./failure.js";
import type { Charge } from "./work.js";

const MAX_SOURCE = 1000;
/** Steps of one search: size of the compiled pattern times length of the text. */
const MAX_STEPS = 10_000_000;
const STEPS_PER_UNIT = 4;

/** An ECMA-262 pattern as JSON Schema has them, without lookaround and back references. */
export class LinearPattern {
  private readonly compiled: RE2JS;
  private readonly size: number;

  /** Throws BridgeFailure "invalid_pattern" for a pattern that is malformed, too long, or cannot be searched in linear time. */
  constructor(readonly source: string) {
    if (source.length > MAX_SOURCE) throw new BridgeFailure("invalid_pattern", `pattern is longer than ${MAX_SOURCE} characters`);
    try {
      this.compiled = RE2JS.compile(RE2JS.translateRegExp(source));
      this.size = this.compiled.programSize();
    } catch (error) {
      throw new BridgeFailure("invalid_pattern", `pattern '${source}' cannot be used: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Whether the pattern matches somewhere in `text`. */
  test(text: string, charge: Charge): boolean {
    const steps = text.length * this.size;
    if (steps > MAX_STEPS) throw new BridgeFailure("too_large", `text of ${text.length} characters is too long for the pattern '${this.source}'`);
    charge(1 + Math.ceil(steps / STEPS_PER_UNIT / 8));
    return this.compiled.matcher(text).find();
  }
}
