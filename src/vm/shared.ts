// What belongs to no state: the functions and tables of a library that many states use.

/**
 * Value of `mark` for such objects: a census neither counts nor visits them, so they must refer to nothing else than their
 * like. Greater than any census's number.
 */
export const SHARED = 0x3fffffff;
