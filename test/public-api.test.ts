// The names that the package exports. Change the lists in the same commit as the exports, on purpose.
import { expect, test } from "vitest";
import * as api from "../src/index.js";
import * as vm from "../src/vm/index.js";

test("perilune", () => {
  expect(Object.keys(api).sort()).toEqual([
    "BadChunk", "ByReference", "EngineRegistry", "Handle", "HostError", "HostRaise", "HostType", "LUA_ENGINE_INFO", "LuaClosure", "LuaEngine",
    "LuaError", "LuaFloat", "LuaLimitError", "LuaState", "LuaSyntaxError", "LuaTable", "ModuleDirectory", "ModuleFinder", "ModuleRegistry",
    "NativeFunction", "PermissionDenied", "Policy", "PolicyError", "SCRIPT_ERROR_CODES", "STANDARD_LIBRARIES", "Scheduler", "ScriptError",
    "StatePool", "Thread", "Userdata", "VirtualFiles", "byReference", "compile", "createSandboxedState", "createState", "disassemble", "dump",
    "engines", "exposing", "fromHostText", "multi", "openLibraries", "openLibrary", "plainHost", "policies", "refreshModule",
    "refreshModules", "requirePermission", "setLimits", "toHostText", "typeName", "undump", "verify",
  ]);
});

test("perilune/vm", () => {
  expect(Object.keys(vm).sort()).toEqual([
    "COST", "Fault", "Frame", "LimitReached", "LuaClosure", "LuaState", "LuaTable", "LuaThrow", "Meter", "NativeFunction", "OPCODES",
    "SIZE", "Signal", "Thread", "traceback",
  ]);
});
