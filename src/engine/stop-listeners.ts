// Who wants to know that something ends early. Thousands of agents wait with a few listeners each, so these are objects that
// are there anyway, and no functions.

export interface StopListener {
  /** What was listened to is stopped. */
  stopped(): void;
}

/** Most have one listener at a time. */
export class StopListeners {
  private first: StopListener | undefined;
  private others: Set<StopListener> | undefined;

  /** `listener` is told once, never at once. */
  listen(listener: StopListener): void {
    if (this.first === undefined) this.first = listener;
    else (this.others ??= new Set()).add(listener);
  }

  ignore(listener: StopListener): void {
    if (this.first === listener) this.first = undefined;
    else this.others?.delete(listener);
  }

  /** Calls back when it is stopped; what comes back calls that off. */
  onStop(stopped: () => void): () => void {
    const listener: StopListener = { stopped };
    this.listen(listener);
    return () => this.ignore(listener);
  }

  /** Tells all that have not called it off by then. */
  protected tell(): void {
    const { first } = this;
    this.first = undefined;
    first?.stopped();
    for (const other of this.others ?? []) other.stopped();
    this.others = undefined;
  }
}
