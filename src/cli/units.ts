// Quantities on the command line: "5M", "16MB", "1.5s".

export type Unit = "count" | "bytes" | "time";

/** Factor of each suffix; time is in milliseconds, sizes are powers of 1024. */
const SUFFIXES: Readonly<Record<Unit, Readonly<Record<string, number>>>> = {
  count: { "": 1, k: 1e3, m: 1e6, g: 1e9 },
  bytes: { "": 1, b: 1, k: 1024, kb: 1024, kib: 1024, m: 1024 ** 2, mb: 1024 ** 2, mib: 1024 ** 2, g: 1024 ** 3, gb: 1024 ** 3, gib: 1024 ** 3 },
  time: { ms: 1, s: 1e3, m: 6e4, min: 6e4, h: 3.6e6 },
};

const EXAMPLES: Readonly<Record<Unit, string>> = { count: "1000000, 5M or 2G", bytes: "65536, 64KB or 16MB", time: "500ms, 5s or 2m" };

/** The quantity, or what is wrong with it. */
export function parseQuantity(text: string, unit: Unit): number | string {
  const match = /^(\d+(?:\.\d+)?)([a-z]*)$/i.exec(text.replaceAll("_", ""));
  const factor = match === null ? undefined : SUFFIXES[unit][match[2]!.toLowerCase()];
  if (match === null || factor === undefined) return `cannot read '${text}' (write ${EXAMPLES[unit]})`;
  const quantity = Math.floor(Number(match[1]) * factor);
  return quantity > 0 ? quantity : `'${text}' is not more than nothing`;
}
