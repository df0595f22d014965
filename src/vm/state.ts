// LuaState: one Lua world (C Lua's global_State): registry, globals, metatables of basic types, meter, memory, threads.
import { getOp } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import { type Pieces, finish } from "../base/pieces.js";
import type { Proto } from "../bytecode/proto.js";
import { type AllocationWatcher, allocate } from "./accounting.js";
import { Census } from "./census.js";
import { Budgets } from "./budgets.js";
import { type Step, Stop } from "./calls.js";
import { Event } from "./events.js";
import { type FailureKind, LuaThrow } from "./fault.js";
import type { Frame } from "./frame.js";
import { LuaClosure, type LuaFunction, NativeFunction, closedUpval, varyMark } from "./function.js";
import { liveTop, traceInstruction } from "./hooks.js";
import { type Host, plainHost } from "./host.js";
import { type Location, locationOf, traceback, tracebackOfAll } from "./inspect.js";
import { type LimitKind, LimitReached } from "./limits.js";
import { Memory } from "./memory.js";
import { metamethodOf } from "./metatables.js";
import { metatableOf } from "./metatables.js";
import { Meter } from "./meter.js";
import { concatText, toStringMeta } from "./operations.js";
import { chunkSize } from "./proto-size.js";
import { catchRaised, nestedCall, nestedCallOf, placeOf, returnTo } from "./protected.js";
import type { Run } from "./run.js";
import type { Signal } from "./signal.js";
import { LuaTable } from "./table.js";
import { HookMask, Thread, ThreadStatus } from "./thread.js";
import type { Tier } from "./tier.js";
import { type LuaValue, type TypeName, typeName } from "./value.js";

/** What a host learns about an error beside its value. */
export interface Failure {
  readonly kind: FailureKind;
  /** The Lua function that was running. */
  readonly location?: Location | undefined;
  /** The host's exception behind it. */
  readonly cause?: unknown;
}

/** A Lua error that reached the host. `value` is the Lua error value, `traceback` where it was raised. */
export class LuaError extends Error {
  override name = "LuaError";
  readonly kind: FailureKind;
  readonly location: Location | undefined;
  constructor(readonly value: LuaValue, message: string, readonly traceback: string, failure: Failure = { kind: "runtime" }) {
    super(message, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.kind = failure.kind;
    this.location = failure.location;
  }
}

/** A hard limit ended a run; see LimitReached. */
export class LuaLimitError extends Error {
  override name = "LuaLimitError";
  constructor(readonly kind: LimitKind, message: string, readonly traceback: string, readonly location?: Location) {
    super(message);
  }
}

/** What the compiler and the chunk reader give to the VM, which does not import them. */
export interface Compiler {
  /** Source text → Proto; throws an Error whose message is the Lua syntax error. */
  /** `progress` is called now and then; what it throws ends the compilation. */
  compile(source: string, chunkName: string, progress?: () => void): Proto;
  /** {@link compile}, which can be put off wherever it yields; what has it done at once otherwise. */
  compileInPieces?(source: string, chunkName: string, progress?: () => void): Pieces<Proto>;
  /** Binary chunk → verified Proto; throws an Error whose message is the Lua error. */
  undump(chunk: string, chunkName: string): Proto;
  dump(proto: Proto, strip: boolean): string;
}

/** Called before the instruction at `frame.pc − 1` of `L` runs. */
export type InstructionObserver = (L: Thread, frame: Frame) => void;

export interface StateOptions {
  readonly host?: Host;
  readonly compiler?: Compiler;
}

/** First pseudo address; tostring(table) counts up from here. */
const FIRST_ADDRESS = 0x55d0c0000000;
const ADDRESS_STEP = 0x20;
/** Strings longer than this are objects of their own in C Lua (LUAI_MAXSHORTLEN). */
const LONG_STRING = 40;

/** Of states that have none, which are most. */
const NO_TEXTS: ReadonlySet<string> = new Set();

export class LuaState implements AllocationWatcher {
  readonly host: Host;
  readonly compiler: Compiler | undefined;
  readonly meter: Meter;
  readonly memory: Memory;
  readonly budgets = new Budgets(this);
  /** Level of the highest frame that may be made (limit of the call depth). */
  deepest = Infinity;
  readonly census: Census;
  readonly registry = new LuaTable();
  readonly globals = new LuaTable();
  /** package.loaded */
  readonly loaded = new LuaTable();
  stringMeta: LuaTable | null = null;
  /** The emitting tier, when there is one (jit/). */
  tier: Tier | null = null;
  /** Metatables of the basic types that are neither table, userdata nor string. */
  readonly typeMetas = new Map<TypeName, LuaTable>();
  readonly mainThread: Thread;
  /** The running thread. */
  current: Thread;
  /** @internal Sees every instruction of the state; see {@link observe}. */
  observer: InstructionObserver | null = null;
  /** The run in progress, when the host began it through {@link Run}. */
  run: Run | null = null;
  /** Why the interpreter loop must be left. */
  stop: Stop = Stop.No;
  /** Kinds of chunk that library functions load: "t", "b", both or none. The host itself may load any. */
  loadModes = "bt";
  /** The generator of math.random, made when it is first used (stdlib/math.ts). */
  random: object | null = null;
  /** Where `warn` messages go; `toContinue` says that the next one belongs to the same message. */
  warn: (message: string, toContinue: boolean) => void;
  /** @internal The engine's side of this state (engine/runtime.ts). */
  runtime: object | null = null;
  private addresses: WeakMap<object, string> | undefined;
  private nextAddress = FIRST_ADDRESS;
  private behind: WeakMap<LuaLimitError, LimitReached> | null = null;
  private depth = 0;
  /** @internal The error that has ended a host call; {@link HOST_CALL} leaves it for `call`. */
  hostFailure: LuaThrow | null = null;
  /** Where the error that last reached a host call was raised. */
  private uncaught: { readonly traceback: string; readonly location: Location | undefined } = { traceback: "", location: undefined };

  constructor(options: StateOptions = {}) {
    this.host = options.host ?? plainHost(() => {});
    this.compiler = options.compiler;
    this.meter = new Meter(() => this.host.now(), () => this.host.elapsed?.() ?? this.host.now());
    this.meter.blame = (kind) => this.budgets.reached(kind);
    this.memory = new Memory(this);
    this.enter();
    try {
      this.mainThread = new Thread(this);
      varyMark(this.mainThread);
      varyMark(this.globals);
      varyMark(this.globals.shape);
      this.mainThread.status = ThreadStatus.Running;
      this.mainThread.unyieldable = 1;
      this.current = this.mainThread;
      this.census = new Census(this);
      this.registry.setInt(1, this.mainThread);
      this.registry.setInt(2, this.globals);
      this.registry.setStr("_LOADED", this.loaded);
      this.globals.setStr("_G", this.globals);
      this.warn = () => {};
    } finally {
      this.leave();
    }
  }

  // ---- running --------------------------------------------------------------------------------------------------

  /** Makes this state's counters the running ones (accounting.ts). Pairs with {@link leave}; nests. */
  enter(run: Run | null = null): void {
    if (this.depth++ === 0) this.memory.swapIn();
    if (this.census?.isUnderWay) this.census.finishFor(run);
  }

  leave(): void {
    if (--this.depth === 0) this.memory.swapOut();
  }

  /**
   * Calls a function from the host to its end. Throws {@link LuaError} for errors nobody caught and {@link LuaLimitError}
   * when a limit was reached; the state can be used again after either.
   */
  call(func: LuaValue, args: LuaValue[] = []): LuaValue[] {
    const L = this.current;
    const place = placeOf(L);
    const mark = this.budgets.enter([]);
    this.enter();
    try {
      const results = nestedCall(L, HOST_CALL, [func, ...args]);
      const failure = this.hostFailure;
      if (failure === null) return results;
      this.hostFailure = null;
      throw this.errorOf(failure);
    } catch (error) {
      if (error instanceof LuaError) throw error;
      const where = tracebackOfAll(this.current);
      const location = locationOf(this.current, 0);
      returnTo(L, place);
      if (error instanceof LimitReached) {
        const limitError = new LuaLimitError(error.kind, error.message, where, location);
        if (this.runs > 0) (this.behind ??= new WeakMap()).set(limitError, error);
        throw limitError;
      }
      if (error instanceof LuaThrow) {
        throw new LuaError(error.value, this.errorMessage(error.value), where, { kind: error.kind, location, cause: error.cause });
      }
      throw error;
    } finally {
      this.budgets.leave(mark, []);
      this.leave();
    }
  }

  /** @internal What a nested {@link call} of this state was ended by, so that it ends the outer one as well; undefined for other errors. */
  limitBehind(error: LuaLimitError): LimitReached | undefined {
    return this.behind?.get(error);
  }

  /** @internal The host's error for one that {@link HOST_HANDLER} has seen. */
  errorOf(thrown: LuaThrow): LuaError {
    const { traceback: text, location } = this.uncaught;
    return new LuaError(thrown.value, this.errorMessage(thrown.value), text, { kind: thrown.kind, location, cause: thrown.cause });
  }

  /** @internal Text for a host error's message: the string, what __tostring says, or "(error object is a table value)". */
  errorMessage(value: LuaValue): string {
    const text = concatText(value);
    if (text !== undefined) return text;
    if (metatableOf(this, value)?.getStr("__tostring") !== undefined) {
      try {
        return toStringMeta(this.current, value);
      } catch {
        // a failing __tostring must not hide the error it describes
      }
    }
    return `(error object is a ${typeName(value)} value)`;
  }

  /** @internal The message handler of host calls. */
  noteTraceback(L: Thread): void {
    this.uncaught = { traceback: traceback(L, undefined, 1), location: locationOf(L, 1) };
  }

  /**
   * Source text or binary chunk → function, whose first upvalue is `env` (the globals unless given; nil can be). `mode`: "t",
   * "b" or both. Throws an Error with Lua's message when the chunk is not acceptable.
   */
  load(chunk: string, chunkName: string, mode = "bt", ...env: [] | [LuaValue]): LuaClosure {
    return finish(this.loadInPieces(chunk, chunkName, mode, ...env));
  }

  /** @internal {@link load}, which can be put off wherever it yields. */
  *loadInPieces(chunk: string, chunkName: string, mode: string, ...env: [] | [LuaValue]): Pieces<LuaClosure> {
    const binary = chunk.charCodeAt(0) === 0x1b;
    const kind = binary ? "binary" : "text";
    if (!mode.includes(kind[0]!)) throw new LuaThrow(`attempt to load a ${kind} chunk (mode is '${mode}')`);
    if (this.compiler === undefined) throw new LuaThrow("no compiler in this state");
    const { compiler } = this;
    let proto: Proto;
    if (binary) proto = compiler.undump(chunk, chunkName);
    else if (compiler.compileInPieces === undefined) proto = compiler.compile(chunk, chunkName, this.checkTime);
    else proto = yield* compiler.compileInPieces(chunk, chunkName, this.checkTime);
    return this.instantiate(proto, ...env);
  }

  /** What long work of the host's calls now and then: raises when the deadline has passed. */
  private readonly checkTime = (): void => this.meter.poll();

  /** A function of a compiled main chunk, whose first upvalue is `env` (the globals unless given; nil can be). */
  instantiate(proto: Proto, ...env: [] | [LuaValue]): LuaClosure {
    this.enter(); // whoever runs now: the chunk is this state's
    allocate(chunkSize(proto));
    this.leave();
    this.tier?.loaded(proto);
    const upvals = proto.upvalues.map(() => closedUpval(undefined));
    if (upvals.length > 0) {
      upvals[0]!.set(env.length === 0 ? this.globals : env[0]);
      varyMark(upvals[0]!);
    }
    const main = new LuaClosure(proto, upvals);
    varyMark(main);
    return main;
  }

  /** string.dump */
  dump(func: LuaFunction, strip: boolean): string | undefined {
    return func instanceof LuaClosure && this.compiler !== undefined ? this.compiler.dump(func.proto, strip) : undefined;
  }

  /** @internal nested call of a native; see protected.ts. */
  nestedCall(L: Thread, func: LuaValue, args: LuaValue[]): LuaValue[] {
    return nestedCall(L, func, args);
  }

  /** @internal nested call of a native; see protected.ts. */
  nestedCallOf(L: Thread, func: LuaFunction, count: 1 | 2, a: LuaValue, b: LuaValue): LuaValue {
    return nestedCallOf(L, func, count, a, b);
  }

  /** @internal Finds who goes on after the RAISE signal; see protected.ts. */
  catchRaised(L: Thread): Step {
    return catchRaised(L);
  }

  /** @internal An instruction found no fuel. True: leave the loop and enter it again (the instruction was not executed). */
  tick(L: Thread, frame: Frame): boolean {
    const hooked = (L.hookMask & (HookMask.Line | HookMask.Count)) !== 0;
    const { observer } = this;
    this.run?.obey();
    let isPaid = false;
    if (this.census.isUnderWay && this.census.isPausedIn(this.run)) {
      this.meter.fuel++; // the instruction that is due has not begun
      if (!this.above(L, frame, () => this.census.goOn(L))) return this.census.beginFinalizers(L, frame) || this.preempt(frame);
      ({ isPaid } = this.run!);
      this.run!.isPaid = false;
      if (!isPaid) this.meter.fuel--;
    }
    if (!isPaid) {
      this.meter.nextSlice(hooked || observer !== null, this.tier === null);
      if (this.memory.due) {
        this.above(L, frame, () => this.census.step(L, frame.top));
        if (this.census.isPausedIn(this.run)) {
          this.run!.isPaid = true;
          return this.census.beginFinalizers(L, frame) || this.preempt(frame);
        }
      }
    }
    if (this.run !== null && this.run.isPreempted()) this.stop = Stop.Preempted;
    else {
      if (observer !== null && !isVarargPrep(frame)) observer(L, frame);
      if (hooked) traceInstruction(L, frame);
      if (hooked || observer !== null) return false;
    }
    this.meter.fuel++; // entering the loop anew lets V8 use its best code for it (docs/architecture.md)
    frame.pc--;
    if (this.runs === 1 && !(this.run?.isFresh ?? false)) L.renewStack(); // no other run of the loop holds the array
    return true;
  }

  /**
   * Shows every instruction to `observer` before it runs (null: no longer). For profilers and tracers, and for the emitting tier, which stands
   * aside meanwhile; what the observer does is not metered.
   */
  observe(observer: InstructionObserver | null): void {
    this.observer = observer;
    this.meter.interrupt();
  }

  private preempt(frame: Frame): true {
    frame.pc--;
    this.stop = Stop.Preempted;
    return true;
  }

  /** Calls `action` with all live registers of the running frame below its top: what finalizers run above. */
  private above<T>(L: Thread, frame: Frame, action: () => T): T {
    const { top } = frame;
    frame.top = liveTop(L, frame);
    const result = action();
    frame.top = top;
    return result;
  }

  /** @internal Runs of the interpreter loop in progress, one inside the other. */
  runs = 0;

  /** @internal An allocating instruction has passed the threshold: registers from stack[top] up are dead. */
  collectAt(L: Thread, top: number): void {
    if (this.memory.isPast) this.census.step(L, top);
    else this.thresholdPassed();
  }

  thresholdPassed(): void {
    this.memory.passed();
    this.meter.interrupt();
  }

  /** Work of an operation on values; what the host does itself is free. */
  charge(units: number): void {
    if (this.runs > 0) this.meter.charge(units);
  }

  canPay(units: number): boolean {
    return this.meter.fuel >= units;
  }

  // ---- identity ---------------------------------------------------------------------------------------------------

  /** A stable pseudo address ("0x55d0c0000020") for tostring and %p; counts up, so it is the same in every run. */
  addressOf(v: LuaValue): string {
    if (typeof v === "string") return this.stringAddress(v);
    if (typeof v !== "object" || v === null) return "(null)";
    let address = this.addresses?.get(v);
    if (address === undefined) {
      this.nextAddress += ADDRESS_STEP;
      address = `0x${this.nextAddress.toString(16)}`;
      (this.addresses ??= new WeakMap()).set(v, address);
    }
    return address;
  }

  /**
   * A library function built a new string. JavaScript strings have no identity, so equal strings share an address; but once
   * a long one is seen to be built twice, each look at its address gives another, since the two are not the same object.
   */
  noteBuilt(text: string): void {
    if (text.length <= LONG_STRING || text.length > 100 * LONG_STRING) return;
    if (this.addressed.size !== 0 && this.addressed.has(text)) (this.builtTwice ??= new Set()).add(text);
    else if (!this.builtLately.includes(text)) this.builtLately[this.builtCount++ % 8] = text;
    else if (this.builtTwice === undefined || this.builtTwice.size < 64) (this.builtTwice ??= new Set()).add(text);
  }

  /** @internal Long strings whose address somebody looked at; while empty, the interpreter need not note what it builds. */
  addressed: ReadonlySet<string> = NO_TEXTS;
  private readonly builtLately: string[] = [];
  private builtCount = 0;
  private builtTwice: Set<string> | undefined;

  private noteAddressed(text: string): void {
    if (this.addressed === NO_TEXTS) this.addressed = new Set();
    (this.addressed as Set<string>).add(text);
  }

  private stringAddress(text: string): string {
    if (this.builtTwice?.has(text) === true) return `0x${(this.nextAddress += ADDRESS_STEP).toString(16)}`;
    if (text.length > LONG_STRING && this.addressed.size < 64) this.noteAddressed(text);
    let hash = 0;
    for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
    return `0x${(FIRST_ADDRESS + 0x100000000 + (hash >>> 0) * 8).toString(16)}`;
  }

  /** A new coroutine with `body`. */
  newThread(body: LuaFunction): Thread {
    const co = new Thread(this);
    co.stack[co.baseFrame.top] = body;
    return co;
  }

  /**
   * Closes the pending variables of the main thread, runs all finalizers, and ends the state (lua_close). Throws
   * {@link LuaLimitError} when a limit stops one of them.
   */
  close(): void {
    this.enter();
    try {
      const L = this.mainThread;
      this.current = L;
      L.status = ThreadStatus.Running;
      for (let at = L.tbc.pop(); at !== undefined; at = L.tbc.pop()) {
        L.frame = L.baseFrame; // what was running does not go on
        L.baseFrame.top = at + 1;
        const v = L.stack[at];
        nestedCall(L, CLOSE_QUIETLY, [metamethodOf(this, v, Event.Close), v]);
      }
      this.census.finalizeAll();
    } catch (error) {
      if (error instanceof LimitReached && this.depth === 1) throw new LuaLimitError(error.kind, error.message, traceback(this.current, undefined, 0));
      throw error;
    } finally {
      this.leave();
    }
  }

  /** Bytes allocated and not known to be garbage (collectgarbage "count" × 1024). */
  get memoryInUse(): number {
    return this.memory.inUse;
  }
}

/** The instruction at frame.pc − 1 is the VARARGPREP, which is not counted. */
function isVarargPrep(frame: Frame): boolean {
  return getOp((frame.func as LuaClosure).proto.code[frame.pc - 1]!) === Op.VarargPrep;
}

/** Calls its first argument protected, remembering the traceback: what the host's `call` runs. */
const HOST_CALL = new NativeFunction("host call", (f) =>
  f.callProtected(f.arg(1), f.args(2), HOST_HANDLER, (frame, results): LuaValue | Signal => {
    const { failure } = frame;
    if (failure === null) return frame.resultArray(results);
    frame.failure = null;
    frame.L.state.hostFailure = failure;
    return frame.none();
  }),
);

/** Calls a __close; nobody is left to tell of its errors. */
const CLOSE_QUIETLY = new NativeFunction("close", (f) =>
  f.callProtected(f.arg(1), [f.arg(2), undefined], undefined, (frame): Signal => {
    frame.failure = null;
    return frame.none();
  }),
);

const HOST_HANDLER = new NativeFunction("host traceback", (f) => {
  f.L.state.noteTraceback(f.L);
  return f.arg(1);
});

