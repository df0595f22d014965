// A bar chart of ratios as an SVG file: logarithmic, 1 in the middle, bars to the left are faster than the peer.

export interface Bar {
  readonly label: string;
  readonly ratio: number;
  /** Spread of the ratio. */
  readonly low: number;
  readonly high: number;
}

const WIDTH = 760;
const LEFT = 150;
const ROW = 20;
const TICKS = [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8];

/** The chart; bars in the order given. */
export function ratioChart(title: string, bars: readonly Bar[]): string {
  const height = (bars.length + 3) * ROW;
  const smallest = Math.min(0.5, ...bars.map(({ low }) => low));
  const largest = Math.max(2, ...bars.map(({ high }) => high));
  const x = (ratio: number): number => LEFT + ((Math.log2(ratio) - Math.log2(smallest)) / (Math.log2(largest) - Math.log2(smallest))) * (WIDTH - LEFT - 60);
  const ticks = TICKS.filter((tick) => tick >= smallest && tick <= largest).map((tick) => {
    const at = x(tick).toFixed(1);
    return `<line x1="${at}" x2="${at}" y1="${1.6 * ROW}" y2="${height - ROW}" stroke="${tick === 1 ? "#333" : "#ddd"}"/>` +
      `<text x="${at}" y="${height - 6}" text-anchor="middle" fill="#555">${tick < 1 ? `1/${1 / tick}` : tick}</text>`;
  });
  const rows = bars.map(({ label, ratio, low, high }, i) => {
    const y = (i + 1.8) * ROW;
    const [from, to] = [Math.min(x(1), x(ratio)), Math.max(x(1), x(ratio))];
    return `<text x="${LEFT - 8}" y="${y + 11}" text-anchor="end">${label}</text>` +
      `<rect x="${from.toFixed(1)}" y="${y}" width="${Math.max(0.5, to - from).toFixed(1)}" height="${ROW - 6}" fill="${ratio <= 1 ? "#3a7d44" : "#b5542c"}"/>` +
      `<line x1="${x(low).toFixed(1)}" x2="${x(high).toFixed(1)}" y1="${y + 7}" y2="${y + 7}" stroke="#000" stroke-opacity=".5"/>` +
      `<text x="${(x(Math.max(high, 1)) + 6).toFixed(1)}" y="${y + 11}" fill="#333">${ratio.toFixed(2)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
<text x="${WIDTH / 2}" y="15" text-anchor="middle" font-weight="bold">${title}</text>
${ticks.join("\n")}
${rows.join("\n")}
</svg>
`;
}
