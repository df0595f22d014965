/** Library functions that emitted code has a form of its own for. 0: none. */
export const enum Intrinsic {
  None, Floor, Ceil, Abs, Max, Min, Sqrt, Sin, Cos, ToInteger, MathType, Ult, Byte, Sub, Char, Len, Type, RawGet, RawEqual, Insert, Remove, Select,
  SetMetatable,
}

/** By qualified library name. */
export const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  "math.floor": Intrinsic.Floor, "math.ceil": Intrinsic.Ceil, "math.abs": Intrinsic.Abs, "math.max": Intrinsic.Max, "math.min": Intrinsic.Min,
  "math.sqrt": Intrinsic.Sqrt, "math.sin": Intrinsic.Sin, "math.cos": Intrinsic.Cos, "math.tointeger": Intrinsic.ToInteger,
  "math.type": Intrinsic.MathType, "math.ult": Intrinsic.Ult, "string.byte": Intrinsic.Byte, "string.sub": Intrinsic.Sub, "string.char": Intrinsic.Char,
  "string.len": Intrinsic.Len, type: Intrinsic.Type, rawget: Intrinsic.RawGet, rawequal: Intrinsic.RawEqual, "table.insert": Intrinsic.Insert,
  "table.remove": Intrinsic.Remove, select: Intrinsic.Select, setmetatable: Intrinsic.SetMetatable,
};
