// Services do their work for somebody who pays by the meter. They say how much before and while they do it.

/** Pays for `units` of work (one unit: about one VM instruction's worth of time). Throws when the payer's limit is reached. */
export interface Charge {
  (units: number): void;
  /** How long texts may be for this payer, where that is not as usual (text-limit.ts). */
  readonly textLimits?: TextLimits | undefined;
}

/** What works on texts: parsers by their formats, "repair" of broken JSON, "scan" for JSON in prose. */
export const TEXT_WORK = ["json", "yaml", "xml", "markdown", "repair", "scan"] as const;
/** Characters that one call works on at most. */
export type TextLimits = Readonly<Partial<Record<(typeof TEXT_WORK)[number], number>>>;

/** For hosts that do not count. */
export const free: Charge = () => {};

/** What the libraries behind the services cost, measured: characters worked on for one unit. */
export const CHARACTERS_PER_UNIT = { json: 2, yaml: 0.1, xml: 0.5, markdown: 0.05, repair: 0.25, scan: 16 } as const;
