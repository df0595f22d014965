/** A program that asks for more than the instruction set has. `mark` is the line, or place, of the code in the making. */
export class CodeLimit {
  /** `isPositioned` false: C Lua raises it as a run-time error, without a position. */
  constructor(readonly message: string, readonly mark: number, readonly isPositioned: boolean) {}
}
