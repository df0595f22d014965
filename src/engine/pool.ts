// A pool of fresh sandboxed states. A state is used once: what is released is dropped with all it holds, and a fresh one from
// the policy's image takes its place. So nothing has to be cleaned, and nothing can be forgotten in the cleaning.
import { LimitReached } from "../vm/limits.js";
import { forgetPending } from "../vm/operations.js";
import type { LuaState } from "../vm/state.js";
import { Determinism } from "./deterministic-host.js";
import { type Policy, policies } from "./policy.js";
import type { SandboxHost } from "./sandbox-host.js";
import { NOWHERE, type SandboxOptions, createSandboxedState } from "./sandbox.js";

export interface PoolOptions extends Pick<SandboxOptions, "jit" | "libraries"> {
  /** Fresh states kept ready for each policy. 16 unless given. */
  readonly size?: number;
  /** Policies whose states are made at once; those of others are kept from the first time they are asked for. */
  readonly policies?: readonly Policy[];
}

/** What a state is connected to when it is acquired; see {@link SandboxOptions}. */
export type AcquireOptions = Omit<SandboxOptions, "jit" | "libraries">;

/** Times in milliseconds. */
export interface PoolStatistics {
  /** States handed out that were ready. */
  readonly hits: number;
  /** States handed out that had to be made first. */
  readonly misses: number;
  /** hits / (hits + misses); 0 before the first. */
  readonly hitRatio: number;
  readonly created: number;
  readonly released: number;
  /** States ready, and handed out but not released. */
  readonly ready: number;
  readonly inUse: number;
  /** Spent in `acquire` in total, and the longest; and on making states, also those made ahead. */
  readonly acquireTime: number;
  readonly longestAcquire: number;
  readonly createTime: number;
}

const DEFAULT_SIZE = 16;
const clock = (): number => performance.now();

export class StatePool implements Disposable {
  private readonly size: number;
  private readonly making: Pick<SandboxOptions, "jit" | "libraries">;
  private readonly shelves = new Map<Policy, LuaState[]>();
  private readonly taken = new Set<LuaState>();
  private readonly counts = { hits: 0, misses: 0, created: 0, released: 0, acquireTime: 0, longestAcquire: 0, createTime: 0 };
  private isDisposed = false;

  /** Throws RangeError for a size that is not a whole number from 0 on. */
  constructor({ size = DEFAULT_SIZE, jit, libraries, policies: ahead = [] }: PoolOptions = {}) {
    if (!Number.isSafeInteger(size) || size < 0) throw new RangeError(`size must be a whole number from 0 on, got ${String(size)}`);
    this.size = size;
    this.making = { jit, libraries };
    for (const policy of ahead) this.fill(policy);
  }

  /** A fresh state, which is the caller's alone until it is released. Throws Error when the pool is disposed. */
  acquire({ policy = policies.restricted, host = NOWHERE, modules, deterministic = false }: AcquireOptions = {}): LuaState {
    const start = clock();
    if (this.isDisposed) throw new Error("the pool is disposed");
    const ready = this.shelf(policy).pop();
    if (ready === undefined) this.counts.misses++;
    else this.counts.hits++;
    const state = ready ?? this.create(policy);
    const inside = state.host as SandboxHost;
    inside.outer = host;
    inside.modules = modules;
    if (deterministic !== false) inside.determinism = new Determinism(deterministic === true ? {} : deterministic, () => state.meter.used);
    this.taken.add(state);
    const time = clock() - start;
    this.counts.acquireTime += time;
    if (time > this.counts.longestAcquire) this.counts.longestAcquire = time;
    return state;
  }

  /**
   * Takes a state back and drops it: its files are closed, its host and modules are out of its reach, and nothing runs in it any
   * more. No Lua code runs now, not even finalizers. Throws Error for a state that was not acquired here, or is released already.
   */
  release(state: LuaState): void {
    if (!this.taken.delete(state)) throw new Error("the state is not in use by this pool");
    const inside = state.host as SandboxHost;
    inside.dispose();
    state.meter.give(new LimitReached("cancelled", "the state was released"));
    state.tier?.forget(state);
    forgetPending();
    this.counts.released++;
    if (!this.isDisposed) this.fill(inside.policy, 1);
  }

  /** Makes states for `policy` until `size` are ready, at most `count`. */
  fill(policy: Policy, count = Infinity): void {
    const shelf = this.shelf(policy);
    for (let i = 0; i < count && shelf.length < this.size; i++) shelf.push(this.create(policy));
  }

  /** Drops the states that are ready; those in use go on until they are released. */
  dispose(): void {
    this.isDisposed = true;
    this.shelves.clear();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  get statistics(): PoolStatistics {
    const { hits, misses } = this.counts;
    let ready = 0;
    for (const shelf of this.shelves.values()) ready += shelf.length;
    return { ...this.counts, hitRatio: hits + misses === 0 ? 0 : hits / (hits + misses), ready, inUse: this.taken.size };
  }

  private shelf(policy: Policy): LuaState[] {
    let shelf = this.shelves.get(policy);
    if (shelf === undefined) this.shelves.set(policy, (shelf = []));
    return shelf;
  }

  private create(policy: Policy): LuaState {
    const start = clock();
    const state = createSandboxedState({ policy, ...this.making });
    this.counts.created++;
    this.counts.createTime += clock() - start;
    return state;
  }
}
