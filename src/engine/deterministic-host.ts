// The determinism switch: what a host says follows from its options and from what the script has done, so that the same
// script and the same input give the same output and the same count anywhere.
import { fromHostText, toHostText } from "../base/bytes.js";

export interface DeterminismOptions {
  /** Seed of math.random, and of math.randomseed without arguments. 0 unless given. */
  readonly seed?: number | bigint;
  /** What os.time and os.date take for the time, in milliseconds since 1970: a moment, or a clock of the host. 0 unless given. */
  readonly time?: number | (() => number);
  /** Environment variables for os.getenv; none unless given. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Units of the meter that make up a second of os.clock, and of os.time when it starts at a moment. */
const UNITS_PER_SECOND = 100_000_000;
const SEED_STEP = 0x9e3779b97f4a7c15n;

/**
 * What a deterministic state takes from elsewhere than its host. Time passes as the script works; local time is UTC; names of
 * temporary files are numbered; seeds follow one another from the first.
 */
export class Determinism {
  private seeds = 0n;
  private names = 0;

  /** `used`: units the state has used. */
  constructor(private readonly options: DeterminismOptions, private readonly used: () => number) {
    const { seed = 0, time = 0 } = options;
    if (typeof seed !== "bigint" && !Number.isSafeInteger(seed)) throw new RangeError(`seed must be an integer, got ${String(seed)}`);
    if (typeof time !== "function" && !Number.isFinite(time)) throw new RangeError(`time must be milliseconds since 1970, got ${String(time)}`);
  }

  time(): number {
    const { time = 0 } = this.options;
    return typeof time === "function" ? time() : time + this.cpuTime() * 1000;
  }

  cpuTime(): number {
    return this.used() / UNITS_PER_SECOND;
  }

  randomSeed(): bigint {
    return BigInt.asUintN(64, BigInt(this.options.seed ?? 0) + SEED_STEP * this.seeds++);
  }

  /** A variable that was given; undefined for any other. Byte strings. */
  getenv(name: string): string | undefined {
    const { environment } = this.options;
    const key = toHostText(name);
    return environment !== undefined && Object.hasOwn(environment, key) ? fromHostText(environment[key]!) : undefined;
  }

  /** "/tmp/lua_000001", "/tmp/lua_000002", …; no file is made. */
  temporaryName(): string {
    return `/tmp/lua_${String(++this.names).padStart(6, "0")}`;
  }
}
