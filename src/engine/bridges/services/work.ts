// Services do their work for somebody who pays by the meter. They say how much before and while they do it.

/** Pays for `units` of work (one unit: about one VM instruction's worth of time). Throws when the payer's limit is reached. */
export type Charge = (units: number) => void;

/** For hosts that do not count. */
export const free: Charge = () => {};

/** What the libraries behind the services cost, measured: characters worked on for one unit. */
export const CHARACTERS_PER_UNIT = { json: 4, yaml: 0.25, xml: 2, markdown: 0.25, repair: 0.5, scan: 16 } as const;
