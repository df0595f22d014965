// Whether a change made things faster or slower: times before and after, with their spread.
import { geometricMean, median } from "./stats.js";

export type Verdict = "faster" | "slower" | "same";

export interface Change {
  /** Median after / median before: below 1 is faster. */
  readonly ratio: number;
  /** The ratios that the spread of the times allows. */
  readonly low: number;
  readonly high: number;
  readonly verdict: Verdict;
}

/** The middle half of the values: what one slow spell of the machine does not move. */
function quartiles(values: readonly number[]): [number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => {
    const place = (sorted.length - 1) * share;
    const below = sorted[Math.floor(place)]!;
    return below + (sorted[Math.ceil(place)]! - below) * (place % 1);
  };
  return [at(0.25), at(0.75)];
}

/**
 * The change of one program; undefined without times. `drift`: what a peer that did not change has become slower or faster by, which is
 * divided out. Faster or slower only when the middle halves of the times do not overlap.
 */
export function changeOf(before: readonly number[], after: readonly number[], drift = 1): Change | undefined {
  if (before.length === 0 || after.length === 0) return undefined;
  const [beforeLow, beforeHigh] = quartiles(before);
  const [afterLow, afterHigh] = quartiles(after);
  return judged(median(after) / median(before) / drift, afterLow / beforeHigh / drift, afterHigh / beforeLow / drift);
}

/** The change of all programs together: the geometric mean with twice its standard error; less than `tolerance` either way is none. */
export function overall(changes: readonly Change[], tolerance = 0.02): Change | undefined {
  if (changes.length === 0) return undefined;
  const mean = geometricMean(changes.map(({ ratio }) => ratio));
  const deviations = changes.map(({ ratio }) => (Math.log(ratio) - Math.log(mean)) ** 2);
  const error = changes.length < 2 ? 0 : Math.sqrt(deviations.reduce((sum, v) => sum + v, 0) / (changes.length - 1) / changes.length);
  const [low, high] = changes.length < 2 ? [changes[0]!.low, changes[0]!.high] : [mean * Math.exp(-2 * error), mean * Math.exp(2 * error)];
  const change = judged(mean, low, high);
  return Math.abs(Math.log(mean)) < Math.log(1 + tolerance) ? { ...change, verdict: "same" } : change;
}

function judged(ratio: number, low: number, high: number): Change {
  return { ratio, low, high, verdict: high < 1 ? "faster" : low > 1 ? "slower" : "same" };
}

/** `0.93 [0.90-1.01]` */
export const showChange = ({ ratio, low, high }: Change): string => `${ratio.toFixed(2)} [${low.toFixed(2)}-${high.toFixed(2)}]`;
