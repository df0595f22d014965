// Being told to stop. AbortSignal says the same, but one takes as much to make as a small model call takes otherwise: so inside
// the bridges this is used, and a signal is made where somebody wants one.
import { type StopListener, StopListeners } from "../../stop-listeners.js";

/** Something that may be stopped from outside. */
export interface Stoppable {
  readonly isStopped: boolean;
  /** Why; undefined before. */
  readonly stopReason: unknown;
  /** `listener` is told once when it is stopped, never at once. */
  listen(listener: StopListener): void;
  ignore(listener: StopListener): void;
  /** Calls back at the same time; what comes back calls that off. */
  onStop(stopped: () => void): () => void;
}

/** Stops others, once. */
export class Stop extends StopListeners implements Stoppable {
  isStopped = false;
  stopReason: unknown;
  private controller: AbortController | undefined;

  stop(reason: unknown): void {
    if (this.isStopped) return;
    this.isStopped = true;
    this.stopReason = reason;
    this.controller?.abort(reason);
    this.tell();
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
  readonly #heard = new Map<StopListener, () => void>();

  constructor(private readonly signal: AbortSignal) {}

  get isStopped(): boolean {
    return this.signal.aborted;
  }

  get stopReason(): unknown {
    return this.signal.reason;
  }

  listen(listener: StopListener): void {
    const heard = (): void => listener.stopped();
    this.#heard.set(listener, heard);
    this.signal.addEventListener("abort", heard, { once: true });
  }

  ignore(listener: StopListener): void {
    const heard = this.#heard.get(listener);
    if (heard !== undefined) this.signal.removeEventListener("abort", heard);
    this.#heard.delete(listener);
  }

  onStop(stopped: () => void): () => void {
    const listener: StopListener = { stopped };
    this.listen(listener);
    return () => this.ignore(listener);
  }
}
