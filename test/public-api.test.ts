// The names that the package exports. Change the lists in the same commit as the exports, on purpose.
import { expect, test } from "vitest";
import * as api from "../src/index.js";
import * as vm from "../src/vm/index.js";

test("perilune", () => {
  expect(Object.keys(api).sort()).toEqual([
    "BadChunk", "HostError", "LuaClosure", "LuaError", "LuaFloat", "LuaLimitError", "LuaState", "LuaSyntaxError", "LuaTable",
    "NativeFunction", "STANDARD_LIBRARIES", "Thread", "Userdata", "compile", "createState", "disassemble", "dump", "fromHostText",
    "openLibraries", "openLibrary", "plainHost", "setLimits", "toHostText", "typeName", "undump", "verify",
  ]);
});

test("perilune/vm", () => {
  expect(Object.keys(vm).sort()).toEqual([
    "COST", "Fault", "Frame", "LimitReached", "LuaClosure", "LuaState", "LuaTable", "LuaThrow", "Meter", "NativeFunction", "OPCODES",
    "SIZE", "Signal", "Thread", "traceback",
  ]);
});
