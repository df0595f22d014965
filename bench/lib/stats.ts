// The few statistics the benches print.

export function median(values: readonly number[]): number {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function geometricMean(values: readonly number[]): number {
  if (values.length === 0) return NaN;
  return Math.exp(values.reduce((sum, v) => sum + Math.log(v), 0) / values.length);
}

export interface Ratio {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Ratio of two series measured in turns: one quotient a round, so that a slow spell of the machine touches both sides. */
export function pairedRatio(subject: readonly number[], other: readonly number[]): Ratio | undefined {
  const quotients = subject.slice(0, other.length).map((time, round) => time / other[round]!);
  if (quotients.length === 0) return undefined;
  return { median: median(quotients), low: Math.min(...quotients), high: Math.max(...quotients) };
}

/** `0.93 [0.90-1.01]` */
export function showRatio(ratio: Ratio | undefined): string {
  if (ratio === undefined) return "-";
  return `${ratio.median.toFixed(2)} [${ratio.low.toFixed(2)}-${ratio.high.toFixed(2)}]`;
}

export function showMs(ms: number): string {
  if (Number.isNaN(ms)) return "-";
  return ms < 10 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : ms.toFixed(0);
}
