// How long answers are waited for: one timer for all that wait equally long, since a thousand do at once.

/** Something that waits. It belongs to one {@link Patience} at a time. */
export interface Waiting {
  /** Nothing has come in time. */
  late(): void;
  /** @internal */
  deadline: number;
  /** @internal Those that wait and began before and after it. */
  before: Waiting | undefined;
  /** @internal */
  after: Waiting | undefined;
}

export class Patience {
  /** In the order of their deadlines. */
  private first: Waiting | undefined;
  private last: Waiting | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(/** Milliseconds. */ readonly timeout: number) {}

  /** `waiting` waits from now on, anew if it does already. */
  begin(waiting: Waiting): void {
    this.unlink(waiting);
    waiting.deadline = performance.now() + this.timeout;
    waiting.before = this.last;
    if (this.last === undefined) this.first = waiting;
    else this.last.after = waiting;
    this.last = waiting;
    if (this.timer === undefined) this.setTimer(this.timeout);
  }

  /** It does not wait any longer. Nothing happens when it did not. */
  end(waiting: Waiting): void {
    this.unlink(waiting);
    if (this.first !== undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private unlink(waiting: Waiting): void {
    const { before, after } = waiting;
    if (before !== undefined) before.after = after;
    else if (this.first === waiting) this.first = after;
    if (after !== undefined) after.before = before;
    else if (this.last === waiting) this.last = before;
    waiting.before = waiting.after = undefined;
  }

  private setTimer(milliseconds: number): void {
    this.timer = setTimeout(() => this.look(), Math.ceil(milliseconds));
  }

  private look(): void {
    this.timer = undefined;
    const now = performance.now();
    while (this.first !== undefined && this.first.deadline <= now) {
      const { first } = this;
      this.unlink(first);
      first.late();
    }
    if (this.first !== undefined && this.timer === undefined) this.setTimer(this.first.deadline - now);
  }
}
