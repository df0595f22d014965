/** A source text that does not compile. `message` is C Lua's whole message (a byte string), position included. */
export class LuaSyntaxError extends Error {
  override name = "LuaSyntaxError";

  /**
   * @param message the message
   * @param isLimit true for the limits that C Lua raises as run-time errors ("C stack overflow", "too many functions"):
   *   they carry no position, and a message handler in force sees them (a syntax error passes it by)
   * @param location the chunk's displayed name and the line, when there is one
   */
  constructor(message: string, readonly isLimit: boolean = false, readonly location?: { readonly chunk: string; readonly line: number }) {
    super(message);
  }
}
