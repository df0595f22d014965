// How a bridge says that something went wrong outside of the script: a code to branch on, words to read, the cause to log.

/** Becomes the Lua error table `{ code=, message=, cause= }`. Codes are lower-case words ("not_found", "invalid", "too_large"). */
export class BridgeFailure extends Error {
  override name = "BridgeFailure";
  constructor(readonly code: string, message: string, options: { readonly cause?: unknown; readonly details?: Readonly<Record<string, unknown>> } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    if (options.details !== undefined) this.details = options.details;
  }

  /** More fields of the error table. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
