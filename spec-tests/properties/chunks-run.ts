// Runs a mutated chunk that the verifier let pass, under limits: only Lua errors may come out.
import { dump } from "../../src/bytecode/dump.js";
import { BadChunk, undump } from "../../src/bytecode/undump.js";
import { verify } from "../../src/bytecode/verify.js";
import { compile } from "../../src/compiler/compile.js";
import { LuaThrow } from "../../src/vm/fault.js";
import type { LuaClosure } from "../../src/vm/function.js";
import { addFunctions, openLibrary } from "../../src/vm/library.js";
import { LuaError, LuaLimitError, LuaState, type Compiler } from "../../src/vm/state.js";
import { LuaTable } from "../../src/vm/table.js";
import { stringLibrary } from "../../src/stdlib/string/library.js";

export type Outcome = "refused" | "returned" | "raised" | "limit";

/** What a chunk reader for untrusted code does: read, then verify. */
const COMPILER: Compiler = {
  compile: (source, chunkName) => compile(source, chunkName),
  undump: (chunk, name) => {
    const proto = undump(chunk, name);
    verify(proto);
    return proto;
  },
  dump,
};

/** Programs that do a little of everything, do not fail unmutated, and end soon. */
export const LIVELY: readonly string[] = [
  `local t, n = {}, 0
   for i = 1, 20 do t[i] = i * 2.5 // 1; n = n + #t end
   for i = 10, 1, -3 do t[i] = nil end
   for x = 0.0, 1.0, 0.25 do n = n + x end
   for k, v in next, t do n = n + k * v end
   for k, v in pairs({ a = 1, b = 2, [3] = 4.0 }) do t[k] = v end
   return n, t.a, t[3], ...`,
  `local mt = {} mt.__add = function (a, b) return 1 end
   mt.__index = function (t, k) return k == "method" and setmetatable({}, mt) or k end
   mt.__call = function (self, ...) return select("#", ...) end
   mt.__concat = mt.__add mt.__eq = function () return true end mt.__lt = mt.__eq mt.__le = mt.__eq mt.__len = mt.__add mt.__unm = mt.__add
   local o, p = setmetatable({}, mt), setmetatable({}, mt)
   local r = { o + 1, 1 + o, o .. "x", o == p, o < p, o <= 1, 1 > o, #o, -o, o(1, 2, 3), o.field, o[1], o:method(4) }
   mt.__newindex = function (t, k, v) r[k] = v end
   o.x, o[1], o["y z"] = 1, 2, 3
   return r.x, r[1], r["y z"], #r`,
  `local log = {}
   local function res(name) return setmetatable({}, { __close = function (_, e) log[#log + 1] = name end }) end
   local function use(n) local a <close> = res("a" .. n) local b <close> = res("b") if n > 2 then return n end return use(n + 1) end
   for i = 1, 3 do local c <close> = res(i) if i == 2 then goto done end end ::done::
   for k in next, { 1, 2 }, nil, res("loop") do log[#log + 1] = k end
   do local ok, e = pcall(function () local d <close> = res("d") error(log) end) log[#log + 1] = ok end
   return use(1), #log`,
  `local function counter() local n = 0 return function (d) n = n + (d or 1) return n end, function () return n end end
   local inc, get = counter() local fs = {}
   for i = 1, 5 do fs[#fs + 1] = function (x) i = i + x; inc(i) return i, get end end
   local s = 0 for _, f in next, fs do s = s + f(1) + (f(2)) end
   local i = 0 repeat local k = i; fs[k] = function () return k end; i = i + 1 until fs[k]() > 3
   while true do i = i + 1 if i % 7 == 0 then break elseif i > 50 then return inc() end end
   local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
   return s, get(), fib(10), inc`,
  `local function va(...) local a, b = ... local t = { ..., n = select("#", ...), ... } return select("#", ...), a, b, #t, ... end
   local function tail(n, ...) if n == 0 then return va(...) end return tail(n - 1, n, ...) end
   local x = { va(), (va(1)), va(1, 2, nil), tail(5) }
   local s = ("x"):rep(3) .. #x .. 1.5 .. -0.0
   local y = x[1] == 0 and s or not s local z = (x[2] or y) and x[3] ~= nil
   return #x, s:upper():len(), y, z, 7 // 2, 7 % -3, 2 ^ 10, 1 << 62, 5 & 6 | 1 ~ 8, ~0, 0x7fffffffffffffff + 1, 1e308 * 10,
     va(tail(3, 4))`,
];

/** The lively programs and others as chunks. */
export function seeds(others: readonly string[] = []): string[] {
  return [...LIVELY, ...others].map((source, i) => dump(compile(source, `@seed${i}.lua`), false));
}

function newState(): LuaState {
  const state = new LuaState({ compiler: COMPILER });
  addFunctions(state.globals, "", {
    print: () => undefined,
    error: (f) => f.error("error called"),
    next: (f) => {
      const t = f.table(1);
      const at = t.advance(f.arg(2));
      return at < 0 ? undefined : f.results(t.keyAt(at), t.valueAt(at));
    },
    pairs: (f) => f.results(state.globals.getStr("next"), f.arg(1), undefined),
    select: (f) => (f.arg(1) === "#" ? f.count - 1 : f.resultArray(f.args(1 + Math.max(1, f.smallInteger(1))))),
    setmetatable: (f) => {
      const meta = f.arg(2);
      f.table(1).metatable = meta instanceof LuaTable ? meta : null;
      return f.arg(1);
    },
    pcall: (f) => f.callProtected(f.arg(1), f.args(2), undefined, (frame, results) => {
      const { failure } = frame;
      frame.failure = null;
      return failure === null ? frame.resultArray([true, ...results]) : frame.results(false, failure.value);
    }),
  });
  openLibrary(state, stringLibrary);
  return state;
}

/** Reads, verifies and runs a chunk. Throws whatever is neither a refusal nor a Lua error nor a limit. */
export function runChunk(chunk: string, limit = 3000): Outcome {
  const state = newState();
  let main: LuaClosure;
  try {
    main = state.load(chunk, "=mutant", "b");
  } catch (e) {
    if (e instanceof BadChunk || e instanceof LuaThrow) return "refused"; // LuaThrow: without its first byte it is a text
    throw e;
  }
  state.meter.setLimit(limit);
  state.memory.setLimit(16 << 20);
  try {
    state.call(main, [1, "two", 3.5]);
    return "returned";
  } catch (e) {
    if (e instanceof LuaLimitError) return "limit";
    if (e instanceof LuaError && isLuaFault(e.cause)) return "raised";
    throw e;
  }
}

/** The cause of an error that began in JavaScript would be a JavaScript error. */
function isLuaFault(cause: unknown): boolean {
  return !(cause instanceof TypeError || cause instanceof RangeError || cause instanceof ReferenceError || cause instanceof SyntaxError);
}
