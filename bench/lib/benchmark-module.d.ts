// The part of benchmark (2.1) that the bench uses; the package ships no types.
declare module "benchmark" {
  interface Options {
    /** Seconds a benchmark may take, its calibration excluded. */
    readonly maxTime?: number;
    readonly minSamples?: number;
  }
  export default class Benchmark {
    constructor(name: string, run: () => void, options?: Options);
    /** Runs it to its end, unless asked to be asynchronous. */
    run(): this;
    /** Seconds a call, and the margin of error in per cent of it. */
    readonly stats: { readonly mean: number; readonly rme: number };
    readonly error?: Error;
  }
}
