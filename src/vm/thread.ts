// Thread: a coroutine with its register stack and frames (C Lua's lua_State).
import { SIZE, allocate } from "./accounting.js";
import type { Budget } from "./budgets.js";
import { Fault, LuaThrow } from "./fault.js";
import { Frame } from "./frame.js";
import type { LuaFunction, UpVal } from "./function.js";
import type { Run } from "./run.js";
import type { LuaState } from "./state.js";
import type { LuaValue } from "./value.js";

/** Register slots a thread may use before "stack overflow" (LUAI_MAXSTACK). */
export const MAX_STACK = 1_000_000;
/** Extra slots for handling a stack overflow. */
const ERROR_STACK = 200;
/** Nested native calls before "C stack overflow" (LUAI_MAXCCALLS). */
export const MAX_NATIVE_DEPTH = 200;
/** Slots a new thread has; SIZE.thread includes them. */
export const INITIAL_STACK = 64;
/** Registers that a frame has at least, when a stack grows: a census counts the frames themselves. */
const SLOTS_PER_FRAME = 2;
/** Unused frames up to this many are kept. */
const MANY_FRAMES = 1000;
/** Errors that are caught before what a deep recursion has left is given up: the next one may need it again. */
const MANY_CATCHES = 8;
/** Stacks above this many slots are not worth moving. */
const RENEWABLE_STACK = 4096;

export const enum ThreadStatus {
  /** Not started, or yielded. */
  Suspended,
  Running,
  /** Resumed another thread. */
  Normal,
  Dead,
}

/** Bits of Thread.hookMask. */
export const enum HookMask {
  Call = 1,
  Return = 2,
  Line = 4,
  Count = 8,
}

/** Called with the event name and, for line events, the line. */
export type HookFunction = (L: Thread, event: "call" | "tail call" | "return" | "line" | "count", line: number) => void;

/** Copied for each thread: an array without holes, made in one go. */
const FRESH_STACK: LuaValue[] = [];
for (let i = 0; i < INITIAL_STACK; i++) FRESH_STACK.push(undefined);

/** In {@link Thread.unyieldable}, a call across which nothing can yield, but which is not nested: all else can be suspended there. */
export const BARRIER = 0x10000;

/** An error whose message handler runs, as the frame of that level. */
export interface Handling {
  readonly level: number;
  readonly thrown: LuaThrow;
  readonly outer: Handling | null;
}

export class Thread {
  mark = 0;
  /** Registers of all frames. Replaced by {@link renewStack}; hold it no longer than nothing can run. */
  stack: LuaValue[] = FRESH_STACK.slice();
  readonly baseFrame: Frame;
  /** The running (or interrupted) frame. */
  frame: Frame;
  /** First stack index after an open list of values (C = 0 results, varargs). */
  top = 0;
  status: ThreadStatus = ThreadStatus.Suspended;
  /** Who resumed this thread, while it runs or is normal. */
  resumer: Thread | null = null;
  /** The run whose first thread this is (run.ts); its coroutines lead to it through {@link resumer}. */
  run: Run | null = null;
  /** Budgets begun by calls of this thread, outermost first; they are active while it runs or is normal. */
  budgets: Budget[] | null = null;
  /** Frames that exist, the highest's level. */
  level = 0;
  /** Times this thread was resumed; tells frames whether they were suspended. */
  resumeCount = 0;
  /** Open upvalues, highest register first. */
  openUpvals: UpVal | null = null;
  /** Stack indices of pending to-be-closed variables, ascending. */
  readonly tbc: number[] = [];
  /** Nested native calls and metamethods (C Lua's nCcalls). */
  nativeDepth = 0;
  /** Native calls below which this thread cannot yield, those that stand still meanwhile {@link BARRIER} each. The main thread never can. */
  unyieldable = 0;
  /** Several results of a native, arguments of a pending call, values passed by yield and resume. */
  results: LuaValue[] = [];
  /** Function or thread for the CALL and RESUME signals. */
  pending: LuaValue = undefined;

  /** The error of the RAISE signal. */
  raised: LuaThrow | null = null;
  /** The error whose message handler runs as a frame, innermost first. */
  handling: Handling | null = null;
  /** The error this thread died of. */
  deathError: LuaThrow | null = null;

  hook: HookFunction | null = null;
  hookMask = 0;
  hookCount = 0;
  hookCountLeft = 0;
  allowHook = true;
  /** Instruction the line hook saw last. */
  oldpc = 0;

  private stackLimit = MAX_STACK;
  /** Errors that were caught while much of the stack was idle. */
  private catches = 0;

  constructor(readonly state: LuaState) {
    this.baseFrame = new Frame(this, null);
    this.baseFrame.top = 1;
    this.frame = this.baseFrame;
    allocate(SIZE.thread);
  }

  /** The frame above `frame`, made on first use. */
  frameAbove(frame: Frame): Frame {
    let { next } = frame;
    if (next === null) {
      if (frame.level >= this.state.deepest) throw this.state.budgets.reached("callDepth");
      frame.next = next = new Frame(this, frame);
      this.level = next.level;
    }
    return next;
  }

  /** {@link cutFrames}, so that calls come through {@link frameAbove} from there on; raises when more are used. */
  trimFrames(level: number): void {
    if (this.frame.level > level) throw this.state.budgets.reached("callDepth");
    this.cutFrames(level);
  }

  /** Forgets the unused frames above `level`. */
  cutFrames(level: number): void {
    let { frame } = this;
    while (frame.level < level && frame.next !== null) frame = frame.next;
    frame.next = null;
    this.level = frame.level;
  }

  /** Handlers above `level` are over. */
  forgetHandlers(level: number): void {
    while (this.handling !== null && this.handling.level > level) this.handling = this.handling.outer;
  }

  /** Makes stack slots up to (not including) `needed` exist; raises "stack overflow". */
  ensureStack(needed: number): void {
    const { stack } = this;
    if (needed <= stack.length) return;
    if (needed > this.stackLimit) this.overflow();
    let size = Math.min(stack.length * 2, this.stackLimit);
    if (size < needed) size = needed;
    allocate((size - stack.length) * (SIZE.stackSlot + SIZE.frame / SLOTS_PER_FRAME));
    for (let i = stack.length; i < size; i++) stack.push(undefined);
  }

  /**
   * Moves the registers to a fresh array. V8 stores a float into an old array through its slow write barrier; an array
   * that is renewed every slice stays in the young generation (docs/architecture.md gives the figures).
   */
  renewStack(): void {
    if (this.stack.length > RENEWABLE_STACK) return;
    this.stack = this.stack.slice();
    for (let up = this.openUpvals; up !== null; up = up.next) up.stack = this.stack;
  }

  private overflow(): never {
    if (this.stackLimit > MAX_STACK) { // overflow while handling an overflow
      const error = new LuaThrow("error in error handling");
      error.handled = true;
      throw error;
    }
    this.stackLimit = MAX_STACK + ERROR_STACK;
    throw new Fault("stack overflow");
  }

  /** After an error was caught: gives back the reserve, unless a handler still uses it, and the space of a deep stack and of its frames. */
  shrinkStack(used: number): void {
    if (this.stackLimit > MAX_STACK && used <= MAX_STACK) {
      this.stackLimit = MAX_STACK;
      if (this.stack.length > MAX_STACK) this.stack.length = MAX_STACK;
    }
    if (!this.hasIdleFrames && !this.hasIdleSlots(used)) return;
    if (++this.catches < MANY_CATCHES) return;
    this.catches = 0;
    this.giveBack(used);
  }

  /** Gives up most of the frames and slots that are not in use, if they are many. */
  giveBack(used: number): void {
    if (this.hasIdleFrames) this.trimFrames(Math.max(this.frame.level * 2, MANY_FRAMES));
    if (this.hasIdleSlots(used)) this.stack.length = Math.max(used * 2, INITIAL_STACK);
  }

  private get hasIdleFrames(): boolean {
    return this.level > MANY_FRAMES && this.frame.level < this.level >> 3;
  }

  private hasIdleSlots(used: number): boolean {
    return this.stack.length > 10_000 && used < this.stack.length >> 3;
  }

  /** Counts one more nested native call; raises "C stack overflow". */
  enterNative(): void {
    if (++this.nativeDepth >= MAX_NATIVE_DEPTH) this.checkDepth();
  }

  private checkDepth(): void {
    if (this.nativeDepth === MAX_NATIVE_DEPTH) throw new Fault("C stack overflow");
    if (this.nativeDepth >= MAX_NATIVE_DEPTH + MAX_NATIVE_DEPTH / 10) {
      const error = new LuaThrow("error in error handling");
      error.handled = true;
      throw error;
    }
  }

  get isYieldable(): boolean {
    return this.unyieldable === 0;
  }

  /** Calls `func` to its end, nested in the calling native: it cannot be yielded across. Returns all results. */
  call(func: LuaValue, args: LuaValue[]): LuaValue[] {
    return this.state.nestedCall(this, func, args);
  }

  /** {@link call} with up to three arguments, first result only. */
  call1(func: LuaValue, ...args: LuaValue[]): LuaValue {
    return this.state.nestedCall(this, func, args)[0];
  }

  /** The same for functions of one argument. */
  callWith(func: LuaFunction, a: LuaValue): LuaValue {
    return this.state.nestedCallOf(this, func, 1, a, undefined);
  }

  /** {@link call1} for natives that call a function of two arguments over and over: without arrays. */
  call2(func: LuaFunction, a: LuaValue, b: LuaValue): LuaValue {
    return this.state.nestedCallOf(this, func, 2, a, b);
  }
}
