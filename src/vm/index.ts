// "perilune/vm": the VM's own parts, for people who study or extend it. Less stable than the main entry.
export { COST, Meter } from "./meter.js";
export { SIZE } from "./accounting.js";
export { type Continuation, Frame } from "./frame.js";
export { Signal } from "./signal.js";
export { Fault, LuaThrow } from "./fault.js";
export { LimitReached } from "./limits.js";
export { LuaState } from "./state.js";
export { LuaTable } from "./table.js";
export { LuaClosure, NativeFunction } from "./function.js";
export { Thread } from "./thread.js";
export { traceback } from "./inspect.js";
export { OPCODES } from "../bytecode/opcodes.js";
