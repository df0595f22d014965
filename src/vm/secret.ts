// Secrets of this process, for hashes that whoever chooses the keys cannot foresee.

/** 32 random bits, as a signed integer. Not for cryptography: nothing that a script sees depends on them. */
export const random32 = (): number => (Math.random() * 0x100000000) | 0;
