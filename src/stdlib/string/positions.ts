// Relative string positions (manual, 6.4: negative ones count from the end).

/** Start position, clipped to 1 or more. */
export function startPosition(position: number, length: number): number {
  if (position > 0) return position;
  return position === 0 || position < -length ? 1 : length + position + 1;
}

/** End position, clipped to 0 … length. */
export function endPosition(position: number, length: number): number {
  if (position > length) return length;
  if (position >= 0) return position;
  return position < -length ? 0 : length + position + 1;
}
