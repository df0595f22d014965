// How long a text each format may have, so that no library holds the host for longer than the work is worth.
import { BridgeFailure } from "../failure.js";
import { CHARACTERS_PER_UNIT, type Charge } from "../work.js";

/** Characters. The slow parsers take about 100 ms for that much on a usual machine, the others less. */
export const MAX_TEXT = { json: 8_000_000, yaml: 256_000, xml: 1_000_000, markdown: 128_000, repair: 256_000, scan: 8_000_000 } as const;

/** Refuses a text that is too long, else pays for working on it. */
export function charged(format: keyof typeof MAX_TEXT, text: string, charge: Charge): void {
  const limit = MAX_TEXT[format];
  if (text.length > limit) throw new BridgeFailure("too_large", `text of ${text.length} characters is longer than ${limit}`);
  charge(1 + Math.ceil(text.length / CHARACTERS_PER_UNIT[format]));
}
