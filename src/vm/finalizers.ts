// Finalizers (manual 2.5.3) as frames: where a run can be suspended they are called on top of the function that was interrupted, so that they
// can be preempted. They cannot wait for the host, since nothing is collected while they run; nothing can yield across them. Elsewhere the census calls them nested.
import type { Budget } from "./budgets.js";
import { tryAcross } from "./callbacks.js";
import { isSuspendable, pushNative, settle } from "./calls.js";
import { Event } from "./events.js";
import { FrameFlag } from "./frame-flags.js";
import type { Continuation, Frame } from "./frame.js";
import { NativeFunction } from "./function.js";
import { liveTop } from "./hooks.js";
import { eventOf, metatableOf } from "./metatables.js";
import type { Signal } from "./signal.js";
import type { LuaState } from "./state.js";
import type { LuaTable } from "./table.js";
import { type Thread, ThreadStatus } from "./thread.js";
import type { Userdata } from "./userdata.js";
import { type LuaValue, isFunction } from "./value.js";

const NO_BUDGETS: readonly Budget[] = [];

export type Finalizable = LuaTable | Userdata;
/** An object to finalize, and who pays. */
export type Due = readonly [Finalizable, Budget | null];

/** Whether finalizers can run as frames now. Hooks would see the frame of {@link Finalizers} come and go. */
export const canStandStill = (L: Thread): boolean => L.hookMask === 0 && isSuspendable(L);

/** What is called for an object. */
export function finalizerOf(state: LuaState, object: Finalizable): LuaValue {
  const metatable = metatableOf(state, object);
  return metatable === null ? undefined : eventOf(metatable, Event.Gc);
}

/** The warning for an error in a finalizer. */
export function warnOf(state: LuaState, error: LuaValue): void {
  const text = typeof error === "string" ? error : "error object is not a string";
  const parts = ["error in ", "__gc", " (", text, ")"];
  parts.forEach((part, i) => state.warn(part, i < parts.length - 1));
}

/** A list of finalizers under way, in the run in progress. */
export class Finalizers {
  /** Objects still to finalize, the next one last. */
  readonly waiting: Due[];
  /** The same objects, for the census. */
  private readonly kept: LuaValue[];
  private readonly func = new NativeFunction("finalizers", (f) => this.start(f));
  private frame: Frame | null = null;
  private allowHook = true;

  constructor(private readonly state: LuaState, dead: readonly Due[]) {
    this.waiting = dead.slice().reverse();
    this.kept = this.waiting.map(([object]) => object);
  }

  /** Whether they are under way: they may have been ended early, by a limit. */
  get isThere(): boolean {
    const { frame } = this;
    return frame !== null && frame.func === this.func && frame.level <= frame.L.frame.level && frame.L.status !== ThreadStatus.Dead;
  }

  /** Runs them above `frame`, a Lua function, before its instruction that is due; the unit of that is given back if it was paid for. */
  runBefore(L: Thread, frame: Frame): void {
    const { run, meter } = this.state;
    const { isPaid } = run!;
    const { top } = L; // of an open list
    run!.isPaid = false;
    const done = (): void => {
      L.top = top;
      frame.pc--;
      if (isPaid) meter.refund();
    };
    L.enterNative();
    const native = pushNative(L, this.func, liveTop(L, frame), 2, 0, FrameFlag.Counted);
    settle(native, this.start(native, done));
  }

  /** Runs them above the native `f`, which then answers what `continuation` does: `return finalizers.runAbove(…)`. */
  runAbove(f: Frame, continuation: Continuation): Signal {
    return f.callThen(this.func, [undefined, undefined], continuation);
  }

  private start(f: Frame, done = (): void => {}): LuaValue | Signal {
    const { L } = f;
    this.frame = f;
    this.state.run!.finalizing = this;
    this.allowHook = L.allowHook;
    L.allowHook = false;
    f.flags |= FrameFlag.Hidden;
    f.prev!.flags |= FrameFlag.InFinalizer;
    f.data = this.kept;
    return this.next(f, done);
  }

  private next(f: Frame, done: () => void): LuaValue | Signal {
    const { L } = f;
    const { state } = this;
    for (let due = this.waiting.pop(); due !== undefined; due = this.waiting.pop()) {
      const [object, budget] = due;
      this.kept.pop();
      const finalizer = finalizerOf(state, object);
      if (!isFunction(finalizer)) continue;
      const { budgets } = state;
      const chain = budget === null ? NO_BUDGETS : budgets.beginAgain(budget, f); // active again for as long as the call takes
      if (chain === undefined) continue;
      return tryAcross(f, finalizer, [object], (frame) => {
        const { failure } = frame;
        frame.failure = null;
        frame.data = this.kept; // unless one of the budgets has ended at it
        if (chain.length > 0) budgets.endAgain(chain);
        if (failure !== null) warnOf(state, failure.value);
        return this.next(frame, done);
      });
    }
    f.data = undefined;
    f.prev!.flags &= ~FrameFlag.InFinalizer;
    state.run!.finalizing = null;
    this.frame = null;
    L.allowHook = this.allowHook;
    done();
    return f.none();
  }
}
