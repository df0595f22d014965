// Being told to stop. AbortSignal says the same, but one takes as much to make as a small model call takes otherwise: so inside
// the bridges this is used, and a signal is made where somebody wants one.

/** Something that may be stopped from outside. */
export interface Stoppable {
  readonly isStopped: boolean;
  /** Why; undefined before. */
  readonly stopReason: unknown;
  /** Calls back once when it is stopped, never at once; what comes back calls that off. */
  onStop(listener: () => void): () => void;
}

/** Stops others, once. */
export class Stop implements Stoppable {
  isStopped = false;
  stopReason: unknown;
  /** Most have one listener at a time. */
  private listener: (() => void) | undefined;
  private others: Set<() => void> | undefined;
  private controller: AbortController | undefined;

  stop(reason: unknown): void {
    if (this.isStopped) return;
    this.isStopped = true;
    this.stopReason = reason;
    this.controller?.abort(reason);
    const { listener, others } = this;
    this.listener = this.others = undefined;
    listener?.();
    for (const other of others ?? []) other();
  }

  onStop(listener: () => void): () => void {
    const own = (): void => listener(); // the same function may listen twice
    if (this.listener === undefined) this.listener = own;
    else (this.others ??= new Set()).add(own);
    return () => {
      if (this.listener === own) this.listener = undefined;
      else this.others?.delete(own);
    };
  }

  /** Aborted when this stops. */
  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.isStopped) this.controller.abort(this.stopReason);
    }
    return this.controller.signal;
  }
}

/** A signal as something to be stopped by. */
export function stoppable(signal: AbortSignal): Stoppable;
export function stoppable(signal: AbortSignal | undefined): Stoppable | undefined;
export function stoppable(signal: AbortSignal | undefined): Stoppable | undefined {
  return signal === undefined ? undefined : new OfSignal(signal);
}

class OfSignal implements Stoppable {
  constructor(private readonly signal: AbortSignal) {}

  get isStopped(): boolean {
    return this.signal.aborted;
  }

  get stopReason(): unknown {
    return this.signal.reason;
  }

  onStop(listener: () => void): () => void {
    const { signal } = this;
    signal.addEventListener("abort", listener, { once: true });
    return () => signal.removeEventListener("abort", listener);
  }
}
