// What a native function returns when its result is not exactly one value.

export class Signal {
  constructor(readonly name: string) {}
}

/** Results are in `thread.results` (any number). */
export const MULTI = new Signal("multi");
/** Call `thread.pending` (function) with `thread.results` (arguments), then the frame's continuation. */
export const CALL = new Signal("call");
/** Suspend the running coroutine; `thread.results` are the values yielded. */
export const YIELD = new Signal("yield");
/** Resume `thread.pending` (a thread) with `thread.results`; its outcome goes to the frame's continuation. */
export const RESUME = new Signal("resume");
/** Leave the interpreter: the native's result will come later (run.ts). */
export const SUSPEND = new Signal("suspend");
/** A native's quick form has done nothing and leaves the call to the ordinary one (NativeFunction.quick). */
export const DECLINED = new Signal("declined");
/** Raise `thread.raised`, without a JavaScript exception where it is caught. */
export const RAISE = new Signal("raise");
