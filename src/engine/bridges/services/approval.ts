// Human approval: work that has to be allowed stops here until the host answers. A request is an entry in a list and a promise
// nobody has settled: it holds no thread, no timer and no connection, so it can wait for days.
import { BridgeFailure } from "./failure.js";

/** What is asked for. */
export interface ApprovalRequest {
  readonly id: string;
  /** What kind of thing wants to happen: "tool", "hook". */
  readonly kind: string;
  /** The tool's name, the call a hook stopped. */
  readonly subject: string;
  readonly arguments: unknown;
  /** Who wants it: an agent's name, if it is one. */
  readonly caller?: string;
  readonly reason?: string;
  /** Milliseconds since 1970. */
  readonly requestedAt: number;
}

export interface ApprovalAnswer {
  readonly approved: boolean;
  /** Shown to the script and to the model. */
  readonly note?: string;
  /** Arguments to use instead. */
  readonly arguments?: unknown;
}

export type ApprovalListener = (request: ApprovalRequest) => void;

interface Pending {
  readonly request: ApprovalRequest;
  readonly settle: (answer: ApprovalAnswer) => void;
}

/** Asked for, and refused. */
export class NotApproved extends BridgeFailure {
  override readonly name = "NotApproved";

  constructor(request: Pick<ApprovalRequest, "kind" | "subject">, note: string | undefined) {
    super("not_approved", `${request.kind} '${request.subject}' was not approved${note === undefined ? "" : `: ${note}`}`);
  }
}

/** The requests that wait for the host's answer. */
export class ApprovalService {
  readonly #pending = new Map<string, Pending>();
  readonly #listeners = new Set<ApprovalListener>();
  readonly #now: () => number;
  #count = 0;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Waits for the answer; the request disappears when `signal` is aborted. Rejects with the signal's reason then. */
  request(details: Omit<ApprovalRequest, "id" | "requestedAt">, signal?: AbortSignal): Promise<ApprovalAnswer> {
    const request: ApprovalRequest = { ...details, id: `approval-${++this.#count}`, requestedAt: this.#now() };
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#pending.delete(request.id);
        reject(signal?.reason);
      };
      if (signal?.aborted === true) return onAbort();
      signal?.addEventListener("abort", onAbort, { once: true });
      const settle = (answer: ApprovalAnswer): void => {
        signal?.removeEventListener("abort", onAbort);
        resolve(answer);
      };
      this.#pending.set(request.id, { request, settle });
      for (const listener of this.#listeners) listener(request);
    });
  }

  /** Waits for the answer and gives the arguments to go on with. Rejects with NotApproved. */
  async require<A>(details: Omit<ApprovalRequest, "id" | "requestedAt"> & { readonly arguments: A }, signal?: AbortSignal): Promise<A> {
    const answer = await this.request(details, signal);
    if (!answer.approved) throw new NotApproved(details, answer.note);
    return answer.arguments === undefined ? details.arguments : (answer.arguments as A);
  }

  /** What waits, oldest first. */
  pending(): readonly ApprovalRequest[] {
    return Array.from(this.#pending.values(), ({ request }) => request);
  }

  /** Answers a request. Throws BridgeFailure "not_found" when it does not wait (any more). */
  answer(id: string, answer: ApprovalAnswer): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) throw new BridgeFailure("not_found", `no approval '${id}' is pending`);
    this.#pending.delete(id);
    pending.settle(answer);
  }

  /** Calls `listener` for each new request. Answers a function that ends that. */
  onRequest(listener: ApprovalListener): () => void {
    this.#listeners.add(listener);
    return () => { this.#listeners.delete(listener); };
  }
}
