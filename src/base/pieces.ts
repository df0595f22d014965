// Long work in pieces: a generator that yields wherever the rest can be put off.

export type Pieces<T> = Generator<undefined, T, undefined>;

/** Does all of it at once. */
export function finish<T>(work: Pieces<T>): T {
  for (;;) {
    const next = work.next();
    if (next.done === true) return next.value;
  }
}
