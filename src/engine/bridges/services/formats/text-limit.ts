// How long a text each format may have, so that no library holds the host for longer than the work is worth: a parser cannot be
// interrupted as a script can.
import { BridgeFailure } from "../failure.js";
import { CHARACTERS_PER_UNIT, type Charge, TEXT_WORK, type TextLimits } from "../work.js";

/** Characters, unless the host says otherwise: the worst text of that length takes about 25 ms on a usual machine. */
export const MAX_TEXT: Required<TextLimits> = { json: 1_000_000, yaml: 64_000, xml: 250_000, markdown: 32_000, repair: 64_000, scan: 1_000_000 };

/** Refuses a text that is too long, else pays for working on it. */
export function charged(format: keyof TextLimits, text: string, charge: Charge): void {
  const limit = charge.textLimits?.[format] ?? MAX_TEXT[format];
  if (text.length > limit) {
    throw new BridgeFailure("too_large", `text of ${text.length} characters is longer than ${limit}, the host's limit for '${format}' (textLimits.${format})`, { details: { limit, length: text.length } });
  }
  charge(1 + Math.ceil(text.length / CHARACTERS_PER_UNIT[format]));
}

/** Throws TypeError for limits that are none. */
export function checkTextLimits(limits: TextLimits): void {
  for (const [name, limit] of Object.entries(limits) as [string, unknown][]) {
    if (!(TEXT_WORK as readonly string[]).includes(name)) throw new TypeError(`textLimits: unknown '${name}'`);
    if (typeof limit !== "number" || !(limit >= 0)) throw new TypeError(`textLimits.${name} must be a number of characters`);
  }
}
