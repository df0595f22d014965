// Metamethod events: key, and the bit that caches a metamethod's absence in LuaTable.absent.

export const enum Event {
  // The first 24 follow the order that MMBIN's C operand encodes.
  Index = 0, NewIndex, Gc, Mode, Len, Eq, Add, Sub, Mul, Mod, Pow, Div, IDiv, BAnd, BOr, BXor, Shl, Shr, Unm, BNot, Lt, Le,
  Concat, Call, Close, ToString,
}

export const EVENT_KEYS: readonly string[] = [
  "__index", "__newindex", "__gc", "__mode", "__len", "__eq", "__add", "__sub", "__mul", "__mod", "__pow", "__div", "__idiv",
  "__band", "__bor", "__bxor", "__shl", "__shr", "__unm", "__bnot", "__lt", "__le", "__concat", "__call", "__close",
  "__tostring",
];
