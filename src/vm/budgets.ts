// Budgets: limits that lie inside one another. The state has one for its whole life, a run of the host can have one, and
// Lua code makes more (`limits.run`). What runs is charged to all that are active at once, so that an inner budget never
// gives more than is left of the outer ones; and the error of a budget that ends passes everything inside it.
//
// A budget belongs to the code inside it, wherever that is resumed from: it is put aside when the coroutine or the run that
// it is in stops, and takes effect again, inside whatever is active then, when that goes on.
import type { Frame } from "./frame.js";
import { LimitReached, limitMessage } from "./limits.js";
import type { LuaState } from "./state.js";
import type { Thread } from "./thread.js";

/** Each is off unless given. Times in milliseconds, sizes in bytes. */
export interface BudgetLimits {
  /** Units of the meter. */
  readonly instructions?: number;
  /** By the clock, from the start. */
  readonly time?: number;
  /** While it is active. */
  readonly cpuTime?: number;
  /** Growth of live memory; for the state's own budget all of it. */
  readonly memory?: number;
  /** Bytes allocated. */
  readonly allocations?: number;
  readonly output?: number;
  /** Lua and native calls nested in one another on one coroutine, from where it begins. */
  readonly callDepth?: number;
  readonly hostCalls?: number;
  /** Length of the longest string that can be built. */
  readonly stringSize?: number;
}

export type BudgetKind = keyof BudgetLimits;

/** The kinds that are used up, as opposed to those that bound a size. */
const USED_UP = ["instructions", "cpuTime", "allocations", "output", "hostCalls"] as const;
type UsedUp = (typeof USED_UP)[number];

/** Kinds in the order in which a budget with several ended limits names one. */
const KINDS: readonly BudgetKind[] = ["instructions", "time", "cpuTime", "memory", "allocations", "output", "callDepth", "hostCalls", "stringSize"];

type Numbers = Record<BudgetKind, number>;

const none = (): Numbers => ({
  instructions: Infinity, time: Infinity, cpuTime: Infinity, memory: Infinity, allocations: Infinity, output: Infinity,
  callDepth: Infinity, hostCalls: Infinity, stringSize: Infinity,
});

/** One budget. Only {@link Budgets} changes it. */
export class Budget {
  /** Readings of the state's counters at which it ends, the enclosing budgets' included; valid while it is active. */
  readonly ends = none();
  /** What is used of each kind, up to when it was last put aside. */
  readonly used: Record<UsedUp, number> = { instructions: 0, cpuTime: 0, allocations: 0, output: 0, hostCalls: 0 };
  /** Readings at which it would have begun had it always been active. */
  readonly begins: Record<UsedUp, number> = { instructions: 0, cpuTime: 0, allocations: 0, output: 0, hostCalls: 0 };
  /** Live memory that is not its own, while it is active. */
  baseline = 0;
  /** What memory has grown, up to when it was last put aside. */
  growth = 0;
  /** Clock reading at which its time is over. */
  deadline = Infinity;
  /** Once the native that began it has returned: the time that is left, which passes while it is active only. */
  timeLeft: number | null = null;
  isActive = false;
  /** Lua code has begun it. */
  readonly isNested: boolean;
  /** A limit of it was reached: nothing may run in it any more. */
  isOver = false;

  /**
   * `frame`: the native that began it and is told when it ends, for as long as it runs; null when that is a matter of the host.
   * `parent`: the budget it was made in, which what it leaves behind (tasks, finalizers) is charged to as well.
   */
  constructor(readonly limits: BudgetLimits, public frame: Frame | null, readonly parent: Budget | null) {
    this.isNested = frame !== null;
  }
}

export class Budgets {
  /** Bytes of output and host calls of the state's life. */
  output = 0;
  hostCalls = 0;
  /** The budget of the state's whole life. */
  readonly root = new Budget({}, null, null);
  /** Outermost first; the state's own is always there. */
  private readonly active: Budget[] = [this.root];
  private rootLimits: BudgetLimits = {};
  /** Runs of the host in progress, one inside the other. */
  private depth = 0;
  private startedAt = 0;
  private ran = 0;

  constructor(private readonly state: LuaState) {
    this.root.isActive = true;
  }

  /** {@link runTime} up to the end of the last run. */
  get finishedRunTime(): number {
    return this.ran;
  }

  /** Milliseconds in which code of the state ran. */
  get runTime(): number {
    return this.depth === 0 ? this.ran : this.ran + this.clock() - this.startedAt;
  }

  /** The innermost active budget; null when that is the state's own. */
  get current(): Budget | null {
    return this.active.length === 1 ? null : this.active[this.active.length - 1]!;
  }

  /** Active budgets but the state's own, outermost first: what a task that is started now is charged to. */
  lineage(): Budget[] {
    return this.active.slice(1);
  }

  // ---- the host's runs --------------------------------------------------------------------------------------------

  /** A run of the host begins or goes on, charged to `budgets` beside what is active. Answers what {@link leave} wants. */
  enter(budgets: readonly Budget[]): number {
    if (this.depth++ === 0) {
      this.startedAt = this.clock();
      const { root } = this;
      if (this.rootLimits.cpuTime !== undefined) {
        root.ends.cpuTime = this.startedAt + this.rootLimits.cpuTime - this.ran;
        if (this.active.length === 1) this.apply(root);
      }
    }
    const mark = this.active.length;
    for (const budget of budgets) if (!budget.isActive) this.activate(budget);
    return mark;
  }

  /** The run that was entered with `budgets` stops or ends: answers what it is to be entered with when it goes on. */
  leave(mark: number, budgets: readonly Budget[]): readonly Budget[] {
    if (--this.depth === 0) this.ran += this.clock() - this.startedAt;
    if (this.active.length === mark) return budgets.length === 0 ? budgets : budgets.filter(({ isActive }) => isActive);
    const left = this.removeFrom(mark);
    const shared = budgets.filter(({ isActive }) => isActive); // were active before, and are
    return shared.length === 0 ? left : [...shared, ...left];
  }

  // ---- budgets of Lua code ----------------------------------------------------------------------------------------

  /** Begins a budget for what the native `frame` calls. */
  begin(limits: BudgetLimits, frame: Frame): Budget {
    const budget = this.make(limits, frame);
    (frame.L.budgets ??= []).push(budget);
    this.activate(budget);
    return budget;
  }

  /** The innermost active budget that Lua code has begun, or null. */
  get nested(): Budget | null {
    for (let i = this.active.length - 1; i > 0; i--) if (this.active[i]!.isNested) return this.active[i]!;
    return null;
  }

  /** A budget that begins now, without making it active. */
  make(limits: BudgetLimits, frame: Frame | null = null): Budget {
    const { host } = this.state;
    const budget = new Budget(limits, frame, this.current);
    if (limits.time !== undefined) budget.deadline = host.now() + limits.time;
    if (limits.memory !== undefined) {
      this.state.census.measure(); // garbage of before must not count for it
    }
    return budget;
  }

  /** Ends `budget`, begun by {@link begin}, and all that was begun inside it. */
  end(budget: Budget): void {
    const at = this.active.indexOf(budget);
    for (const ended of at < 0 ? [budget] : this.removeFrom(at).reverse()) {
      if (ended.deadline !== Infinity) ended.timeLeft = ended.deadline - this.state.host.now();
      const owned = ended.frame?.L.budgets;
      if (owned?.[owned.length - 1] === ended) owned.pop();
      if (owned?.length === 0) ended.frame!.L.budgets = null;
      ended.frame = null;
    }
  }

  /** The coroutine `thread` stops: what its own code is in is put aside. */
  suspend({ budgets }: Thread): void {
    if (budgets === null) return;
    this.removeFrom(this.active.length - budgets.length);
  }

  /** The coroutine `thread` goes on. */
  resume({ budgets }: Thread): void {
    if (budgets !== null) for (const budget of budgets) this.activate(budget);
  }

  /**
   * Runs `action` in `budget` and what that was made in: for what the code inside has left behind. False: the budget is over, or
   * ended at it.
   */
  within(budget: Budget, action: () => void): boolean {
    const chain = chainOf(budget);
    if (chain === undefined) return false;
    const mark = this.active.length;
    for (const b of chain) this.activate(b);
    try {
      action();
      return true;
    } catch (error) {
      if (error instanceof LimitReached && error.budget !== null && chain.includes(error.budget)) return false;
      throw error;
    } finally {
      this.removeFrom(mark);
    }
  }

  /**
   * The same for what the native `frame` calls, until {@link endAgain}: that frame is told when one of them ends. What is given to endAgain;
   * undefined when the budget is over.
   */
  beginAgain(budget: Budget, frame: Frame): readonly Budget[] | undefined {
    const chain = chainOf(budget);
    for (const b of chain ?? []) {
      b.frame = frame;
      this.activate(b);
    }
    return chain;
  }

  endAgain(chain: readonly Budget[]): void {
    const at = chain.findIndex(({ isActive }) => isActive); // those from the one that has ended on are not any more
    if (at >= 0) this.removeFrom(this.active.indexOf(chain[at]!));
    for (const b of chain) b.frame = null;
  }

  /** When `budgets`, active together, run out of time, and the error for it; undefined when they do not. */
  deadline(budgets: readonly Budget[]): { readonly at: number; readonly reached: () => LimitReached } | undefined {
    if (this.active.length === 1) this.noteRoot();
    let first = this.root;
    let at = first.ends.time;
    for (const budget of budgets) {
      if (budget.timeLeft !== null || budget.deadline >= at) continue;
      first = budget;
      at = budget.deadline;
    }
    return at === Infinity ? undefined : { at, reached: () => this.over(first, "time") };
  }

  // ---- limits -----------------------------------------------------------------------------------------------------

  /** Puts limits on the state from now on; those not named stay. Infinity takes one away. */
  limitState(limits: BudgetLimits): void {
    const { state, root } = this;
    this.rootLimits = { ...this.rootLimits, ...limits };
    const now: Numbers = {
      instructions: state.meter.used, time: state.host.now(), cpuTime: this.clock(), memory: 0, allocations: state.memory.allocated,
      output: this.output, callDepth: 0, hostCalls: this.hostCalls, stringSize: 0,
    };
    if (this.active.length === 1) this.noteRoot();
    for (const kind of KINDS) if (limits[kind] !== undefined) root.ends[kind] = now[kind] + limits[kind];
    if (limits.cpuTime !== undefined) this.rootLimits = { ...this.rootLimits, cpuTime: limits.cpuTime + this.runTime };
    for (const budget of this.removeFrom(1)) this.activate(budget);
    this.apply(this.top);
  }

  /** Does work of the host on values of the state: no limit holds meanwhile, and of what is used only memory counts. */
  exempt<T>(action: () => T): T {
    const { meter, memory } = this.state;
    if (this.active.length === 1) this.noteRoot();
    memory.setEnds(Infinity, Infinity, Infinity);
    try {
      return meter.exempt(action);
    } finally {
      this.apply(this.top);
    }
  }

  /** What is left of `kind`, in all active budgets; Infinity when nothing limits it. */
  remaining(kind: BudgetKind): number {
    if (this.active.length === 1) this.noteRoot();
    const end = this.top.ends[kind];
    return end === Infinity ? Infinity : Math.max(0, end - this.reading(kind));
  }

  /** Counts `bytes` of output, before they are written. */
  write(bytes: number): void {
    this.output += bytes;
    if (this.output > this.top.ends.output) throw this.reached("output");
  }

  /** Counts a call of a host function, before it is made. */
  callHost(): void {
    this.hostCalls++;
    if (this.hostCalls > this.top.ends.hostCalls) throw this.reached("hostCalls");
  }

  /** The error for the outermost budget whose `kind` has ended. */
  reached(kind: BudgetKind): LimitReached {
    if (this.active.length === 1) this.noteRoot();
    const end = this.top.ends[kind];
    const budget = this.active.find(({ ends }) => ends[kind] === end)!; // the first with this end has given it
    return this.over(budget, kind);
  }

  /** What raised the error for a limit will be done again: nobody's budget has ended yet. */
  forgive({ budget }: LimitReached): void {
    (budget ?? this.root).isOver = false;
  }

  private over(budget: Budget, kind: BudgetKind): LimitReached {
    budget.isOver = true;
    if (budget !== this.root) return new LimitReached(kind, limitMessage(kind, budget.limits[kind]!), budget);
    return new LimitReached(kind, limitMessage(kind, this.rootLimits[kind] ?? budget.ends[kind]));
  }

  // ---- inside -----------------------------------------------------------------------------------------------------

  private get top(): Budget {
    return this.active[this.active.length - 1]!;
  }

  private clock(): number {
    const { host } = this.state;
    return host.elapsed === undefined ? host.now() : host.elapsed();
  }

  private reading(kind: BudgetKind): number {
    const { state } = this;
    switch (kind) {
      case "instructions": return state.meter.used;
      case "time": return state.host.now();
      case "cpuTime": return this.clock();
      case "memory": return state.memory.inUse;
      case "allocations": return state.memory.allocated;
      case "output": return this.output;
      case "hostCalls": return this.hostCalls;
      case "callDepth": return state.current.frame.level;
      case "stringSize": return 0;
    }
  }

  /** Meter and memory can be given limits directly while no other budget is active: they are the state's. */
  private noteRoot(): void {
    const { meter, memory } = this.state;
    this.root.ends.instructions = meter.getLimit();
    this.root.ends.time = meter.getDeadline();
    this.root.ends.memory = memory.getLimit();
  }

  private activate(budget: Budget): void {
    if (this.active.length === 1) this.noteRoot();
    const { limits, ends, begins, used } = budget;
    const outer = this.top.ends;
    budget.isActive = true;
    for (const kind of KINDS) ends[kind] = outer[kind];
    for (const kind of USED_UP) {
      if (limits[kind] === undefined) continue;
      begins[kind] = this.reading(kind) - used[kind];
      ends[kind] = Math.min(ends[kind], begins[kind] + limits[kind]);
    }
    if (budget.timeLeft !== null) budget.deadline = this.reading("time") + budget.timeLeft;
    ends.time = Math.min(ends.time, budget.deadline);
    if (limits.memory !== undefined) {
      budget.baseline = this.reading("memory") - budget.growth;
      ends.memory = Math.min(ends.memory, budget.baseline + limits.memory);
    }
    if (limits.stringSize !== undefined) ends.stringSize = Math.min(ends.stringSize, limits.stringSize);
    if (limits.callDepth !== undefined) ends.callDepth = Math.min(ends.callDepth, this.reading("callDepth") + limits.callDepth);
    this.active.push(budget);
    this.apply(budget);
  }

  /** Puts aside the budgets from index `at` on. */
  private removeFrom(at: number): Budget[] {
    const removed = this.active.splice(at);
    for (let i = removed.length - 1; i >= 0; i--) this.putAside(removed[i]!);
    if (removed.length > 0) this.apply(this.top);
    return removed;
  }

  private putAside(budget: Budget): void {
    budget.isActive = false;
    const { limits, used, begins } = budget;
    for (const kind of USED_UP) if (limits[kind] !== undefined) used[kind] = this.reading(kind) - begins[kind];
    if (budget.timeLeft !== null) budget.timeLeft = budget.deadline - this.reading("time");
    if (limits.memory !== undefined) budget.growth = this.reading("memory") - budget.baseline;
  }

  private apply({ ends, limits }: Budget): void {
    const { state } = this;
    state.meter.setEnds(ends.instructions, ends.time, ends.cpuTime);
    state.memory.setEnds(ends.memory, ends.allocations, limits.memory ?? ends.memory);
    state.memory.setLongest(ends.stringSize);
    state.deepest = ends.callDepth;
    if (ends.callDepth === Infinity) return;
    for (let t: Thread | null = state.current; t !== null; t = t.resumer) if (t.level > ends.callDepth) t.cutFrames(ends.callDepth);
  }
}

/** The budgets that are to be active for what `budget` pays, outermost first, without those that are; undefined when one of them is over. */
function chainOf(budget: Budget): Budget[] | undefined {
  const chain: Budget[] = [];
  for (let b: Budget | null = budget; b !== null && !b.isActive; b = b.parent) {
    if (b.isOver) return undefined;
    chain.unshift(b);
  }
  return chain;
}
