/** A seeded bug. */
export interface Mutant {
  /** Subsystem and mistake. */
  readonly name: string;
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Test files that should notice; without them, those of the file's folder. */
  readonly tests?: readonly string[];
}
