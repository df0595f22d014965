// The name that was probably meant.

/** "; did you mean 'x'?" for the closest of `names`, or "" when none is close. */
export function didYouMean(name: string, names: readonly string[]): string {
  if (name.length > 40) return "";
  const close = names.map((each) => [distance(name.toLowerCase(), each.toLowerCase()), each] as const).sort(([a], [b]) => a - b)[0];
  return close !== undefined && close[0] <= Math.max(1, Math.floor(name.length / 3)) ? `; did you mean '${close[1]}'?` : "";
}

/** Letters to change, insert, leave out or swap (Damerau–Levenshtein, adjacent swaps). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? before[j - 2]! + 1 : Infinity;
      row.push(Math.min(last[j]! + 1, row[j - 1]! + 1, change, swap));
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}
