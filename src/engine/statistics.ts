// What a context has used, as numbers. All of them count from the context's creation.

/** Exact and, but for the times, the same on every machine and on both tiers. */
export interface ContextStatistics {
  /** VM instructions executed. */
  readonly instructions: number;
  /** Work of library functions, in units of about one instruction. */
  readonly libraryWork: number;
  /** Bytes in use: live at the last collection plus what was allocated since. */
  readonly liveBytes: number;
  /** Highest figure of live bytes at a collection or a reading. */
  readonly peakBytes: number;
  /** Bytes ever allocated. */
  readonly allocatedBytes: number;
  /** Times that memory was allocated: for a table, a string, a function, or growth of one. */
  readonly allocations: number;
  /** Collections done. */
  readonly collections: number;
  /** Calls of script functions made by the host: execute, call, and functions the host holds. */
  readonly scriptCalls: number;
  /** Calls of host functions made by scripts. */
  readonly hostCalls: number;
  /** Bytes written by print, io.write and the like. */
  readonly outputBytes: number;
  /** Runs that ended with an error. */
  readonly errors: number;
  /** Milliseconds in which a run of the context was going on or waiting. */
  readonly wallTime: number;
  /** Milliseconds of these in which code ran. */
  readonly runTime: number;
  /** Milliseconds of these in which it waited: for the host, or for its turn among other contexts. */
  readonly waitTime: number;
}
