// What the host keeps on behalf of a script counts for the script's memory limit: each owner of such data says how much it holds.

/** Told of `bytes` more, or fewer if negative. Throws when the payer's memory limit is reached. */
export type Keep = (bytes: number) => void;

/** The share of one owner. */
export class Kept {
  private bytes = 0;

  constructor(private readonly keep: Keep | undefined) {}

  /** It holds `bytes` from now on. */
  set(bytes: number): void {
    const change = bytes - this.bytes;
    this.bytes = bytes;
    if (change !== 0) this.keep?.(change);
  }

  add(bytes: number): void {
    this.set(this.bytes + bytes);
  }

  /** Its owner is gone. */
  release(): void {
    this.set(0);
  }
}
