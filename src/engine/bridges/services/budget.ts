// Budgets in agent units. An account belongs to an agent, a workflow, a run or a whole context; what happens is charged to all
// accounts it happens under, and the first one that is exhausted stops it.
import { attempt } from "./attempt.js";
import { BridgeFailure } from "./failure.js";
import type { StopListener } from "../../stop-listeners.js";
import { Stop, type Stoppable } from "./stop.js";

export const BUDGET_UNITS = ["tokens", "modelCalls", "toolCalls", "wallTime", "money"] as const;
export type BudgetUnit = (typeof BUDGET_UNITS)[number];
/** Amounts by unit: counts, wall time in milliseconds, money in the host's currency. */
export type Amounts = Readonly<Record<BudgetUnit, number>>;
export type BudgetLimits = Partial<Amounts>;

const WORDS: Readonly<Record<BudgetUnit, string>> = {
  tokens: "tokens", modelCalls: "model calls", toolCalls: "tool calls", wallTime: "ms of wall time", money: "money",
};
/** Longest time a timer can be set to. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** A budget is exhausted. Nothing under the account goes on. */
export class BudgetExhausted extends BridgeFailure {
  override readonly name = "BudgetExhausted";

  /** Whose limit it was. */
  readonly #account: Account;

  constructor(account: Account, readonly unit: BudgetUnit, readonly used: number, readonly limit: number) {
    const amount = unit === "money" ? `${round(used)} of ${round(limit)}` : `${Math.round(used)} of ${Math.round(limit)} ${WORDS[unit]}`;
    super("budget", `budget of ${account.name} exhausted: ${unit === "money" ? "money " : ""}${amount}`, { details: { account: account.name, unit, used, limit } });
    this.#account = account;
  }

  get account(): string {
    return this.#account.name;
  }

  /** Whether work that is charged to `budget` has to end: not if only an account of its own was exhausted further inside. */
  stops(budget: Budget): boolean {
    return budget.accounts.includes(this.#account);
  }
}

/** Fractions of a cent without the noise of binary fractions. */
function round(amount: number): number {
  return Number(amount.toPrecision(12));
}

const NO_LIMITS: BudgetLimits = {};
const elapsed = (): number => performance.now();

/** One account: its limits and what was spent. */
export class Account {
  private readonly amounts = { tokens: 0, modelCalls: 0, toolCalls: 0, money: 0 };
  private elapsed = 0;
  private running = 0;
  private since = 0;
  private limited: BudgetLimits;
  /** Tokens of prompts that are on their way. */
  reserved = 0;

  /** `name` stands in messages ("agent 'writer'"). Throws RangeError for a limit that is not a number from 0 on. */
  constructor(readonly name: string, limits?: BudgetLimits, private readonly now: () => number = elapsed) {
    this.limited = limits === undefined ? NO_LIMITS : checked(limits);
  }

  get limits(): BudgetLimits {
    return this.limited;
  }

  /** Replaces the limits; what was spent stays. */
  setLimits(limits: BudgetLimits): void {
    this.limited = checked(limits);
  }

  get spent(): Amounts {
    return { ...this.amounts, wallTime: this.wallTime };
  }

  /** What is left of a unit; infinity without a limit, never less than 0. */
  left(unit: BudgetUnit): number {
    const limit = this.limited[unit];
    return limit === undefined ? Infinity : Math.max(0, limit - this.used(unit));
  }

  add(unit: Exclude<BudgetUnit, "wallTime">, amount: number): void {
    this.amounts[unit] += amount;
  }

  /** Throws BudgetExhausted when more than the limit was spent, or would be with `amount` more. */
  check(unit: BudgetUnit, amount = 0): void {
    const limit = this.limited[unit];
    const used = this.used(unit) + amount;
    if (limit !== undefined && used > limit) throw new BudgetExhausted(this, unit, used, limit);
  }

  /** The clock runs while at least one piece of work does. */
  start(): void {
    if (this.running++ === 0) this.since = this.now();
  }

  stop(): void {
    if (--this.running === 0) this.elapsed += this.now() - this.since;
  }

  private used(unit: BudgetUnit): number {
    return unit === "wallTime" ? this.wallTime : this.amounts[unit];
  }

  private get wallTime(): number {
    return this.elapsed + (this.running > 0 ? this.now() - this.since : 0);
  }
}

function checked(limits: BudgetLimits): BudgetLimits {
  for (const [unit, limit] of Object.entries(limits)) {
    if (!(BUDGET_UNITS as readonly string[]).includes(unit)) throw new RangeError(`unknown budget '${unit}'`);
    if (typeof limit !== "number" || !(limit >= 0)) throw new RangeError(`budget '${unit}' must be a number from 0 on, got ${String(limit)}`);
  }
  return { ...limits };
}

/** The accounts that a piece of work is charged to: its own and those of everything it runs under. */
export class Budget {
  readonly accounts: readonly Account[];

  constructor(accounts: Iterable<Account> = []) {
    const all = [...accounts];
    const isTwice = (account: Account, i: number): boolean => all.indexOf(account) < i;
    this.accounts = all.some(isTwice) ? all.filter((account, i) => !isTwice(account, i)) : all; // there are few
  }

  /** This budget with further accounts; one that is in both is charged once. */
  with(...accounts: readonly Account[]): Budget {
    return new Budget([...this.accounts, ...accounts]);
  }

  merge(other: Budget | undefined): Budget {
    return other === undefined ? this : this.with(...other.accounts);
  }

  /** What is left in the poorest account. */
  left(unit: BudgetUnit): number {
    let least = Infinity;
    for (const account of this.accounts) least = Math.min(least, account.left(unit));
    return least;
  }

  /** Counts one thing before it is done. Throws BudgetExhausted, with nothing counted, when an account has none left. */
  take(unit: "modelCalls" | "toolCalls"): void {
    for (const account of this.accounts) account.check(unit, 1);
    for (const account of this.accounts) account.add(unit, 1);
  }

  /** Sets aside tokens for a prompt of about this size, until {@link releasePrompt}: when the real count is known. */
  reservePrompt(tokens: number): void {
    for (const account of this.accounts) {
      account.check("tokens", account.reserved + tokens);
      if (account.left("money") === 0) throw new BudgetExhausted(account, "money", account.spent.money, account.limits.money!);
    }
    for (const account of this.accounts) account.reserved += tokens;
  }

  releasePrompt(tokens: number): void {
    for (const account of this.accounts) account.reserved -= tokens;
  }

  /** Tokens that an answer may have at most, for a prompt of about `prompt` tokens. */
  answerTokens(prompt: number): number {
    return Math.max(1, Math.floor(this.left("tokens") - prompt));
  }

  /** Counts what was spent. Throws BudgetExhausted when that was more than an account had. */
  spend(tokens: number, money: number): void {
    for (const account of this.accounts) {
      account.add("tokens", tokens);
      account.add("money", money);
    }
    for (const account of this.accounts) {
      account.check("tokens");
      account.check("money");
    }
  }

  /** Does `work` on the clock of all accounts. It is stopped as any of `outer` is, and, with the call rejecting, as soon as time is over. */
  timed<T>(outer: readonly (Stoppable | undefined)[], work: (clock: Clock) => Promise<T>): Promise<T> {
    return new Clock(this, outer).time(work);
  }
}

/** The clock of one piece of work. */
export class Clock implements StopListener {
  /** Stops the work: when time is over, or somebody outside wants it. */
  readonly stop = new Stop();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private exhausted: BudgetExhausted | undefined;
  private reject: (error: unknown) => void = () => {};
  private ticking = false;
  private isOver = false;

  /** Obeys all of the `outer`. */
  constructor(private readonly budget: Budget, private readonly outer: readonly (Stoppable | undefined)[]) {
    for (const each of outer) {
      if (each?.isStopped === true) this.stop.stop(each.stopReason);
      else each?.listen(this);
    }
    this.run();
  }

  /** One of the outer ones is stopped. */
  stopped(): void {
    this.stop.stop(this.outer.find((each) => each?.isStopped === true)?.stopReason);
  }

  get signal(): AbortSignal {
    return this.stop.signal;
  }

  /** The outcome of `work`, unless time is over before. The clock runs until then. */
  time<T>(work: (clock: Clock) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.reject = (error) => {
        this.end();
        reject(error as Error);
      };
      attempt(() => work(this)).then((value) => {
        this.end();
        resolve(value);
      }, this.reject);
      if (this.exhausted !== undefined) this.reject(this.exhausted);
    });
  }

  /** Stops the clock while `work` waits for a human. */
  async paused<T>(work: () => Promise<T>): Promise<T> {
    this.rest();
    try {
      return await work();
    } finally {
      this.run();
    }
  }

  private end(): void {
    this.isOver = true;
    this.rest();
    for (const each of this.outer) each?.ignore(this);
  }

  private run(): void {
    if (this.ticking || this.isOver) return;
    this.ticking = true;
    for (const account of this.budget.accounts) account.start();
    this.wait();
  }

  private rest(): void {
    if (!this.ticking) return;
    this.ticking = false;
    clearTimeout(this.timer);
    for (const account of this.budget.accounts) account.stop();
  }

  private wait(): void {
    const left = this.budget.left("wallTime");
    if (left === Infinity) return;
    if (left > 0) this.timer = setTimeout(() => this.wait(), Math.min(Math.ceil(left), LONGEST_TIMER));
    else this.timeOver();
  }

  private timeOver(): void {
    const account = this.budget.accounts.find((each) => each.left("wallTime") === 0)!;
    const error = new BudgetExhausted(account, "wallTime", account.spent.wallTime, account.limits.wallTime!);
    this.exhausted = error;
    this.reject(error);
    this.stop.stop(error);
  }
}
