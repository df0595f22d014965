import { beforeAll, describe, expect, test } from "vitest";
import { debugLibrary } from "../../src/stdlib/debug.js";
import { type HostFile, plainHost } from "../../src/vm/host.js";
import { openLibrary } from "../../src/vm/library.js";
import { LuaState } from "../../src/vm/state.js";
import { vmCompiler } from "../../src/compiler/vm-compiler.js";
import { basicLibrary } from "../../src/stdlib/basic.js";
import { expectSame, runLua } from "../support/lua.js";
import { type Oracle, oracle } from "../support/oracle.js";

let judge: Oracle;
beforeAll(async () => {
  judge = await oracle();
});

/** show(…) prints values; info(t) prints the fields of an info table in order; locals(co, level) what getlocal finds. */
const PRELUDE = `local D = debug
local function text(v)
  local t = type(v)
  return (t == "function" or t == "table" or t == "userdata" or t == "thread") and t or tostring(v)
end
local function show(...)
  local list = table.pack(...)
  for i = 1, list.n do list[i] = text(list[i]) end
  print(table.concat(list, " | "))
end
local function try(f, ...) show(pcall(f, ...)) end
local function info(t)
  local fields = {}
  for name, v in pairs(t or {}) do
    if type(v) == "table" then
      local lines = {}
      for line in pairs(v) do lines[#lines + 1] = line end
      table.sort(lines)
      v = table.concat(lines, ",")
    end
    fields[#fields + 1] = name .. "=" .. text(v)
  end
  table.sort(fields)
  print(t and table.concat(fields, " "))
end
local function locals(co, level)
  local parts = {}
  for i = 1, 40 do
    local name, v
    if co then name, v = D.getlocal(co, level, i) else name, v = D.getlocal(level + 1, i) end
    if not name then break end
    parts[i] = name:sub(1, 1) == "(" and name or name .. "=" .. text(v)
  end
  print(table.concat(parts, " "))
end
`;

/** In a coroutine the whole stack is the script's own, so tracebacks compare to the last line. */
const same = (source: string): void => expectSame(judge, `${PRELUDE}coroutine.wrap(function()\n${source}\nend)()`);

describe("arguments", () => {
  test("missing, wrong and out of range", () => {
    const names = (
      "gethook getinfo getlocal getmetatable getupvalue getuservalue sethook setlocal setmetatable setupvalue setuservalue traceback "
      + "upvalueid upvaluejoin setcstacklimit"
    ).split(" ");
    const lists = [
      "", "nil", "1.5", "'x'", "{}", "rawlen", "co", "co, 0", "co, 1", "co, 0, 'S'", "0, 'X'", "0, '>'", "0, '>S'", "rawlen, 'S>'", "99, 'X'",
      "-1, 1", "1, -1", "99, 1, 2", "1, 99, 2", "rawlen, 1", "f, 1", "f, 2", "f, -1", "f, 1, 2", "f, 9, 2", "rawlen, 1, 2", "f, 1, rawlen, 1",
      "rawlen, 1, f, 1", "f, 9, f, 1", "f, 1, f, 9", "f, 1, f, 1", "{}, 5", "{}, nil", "'msg', -1", "co, 'm', 0", "{}, 1", "nil, nil, 3",
    ];
    const lines = names.flatMap((name) => lists
      .filter((args) => !(name === "setmetatable" && /^(nil, nil|'msg', -1|-1, 1|99|1|0|co|f|rawlen)/.test(args)))
      .map((args) => `try(D.${name}${args === "" ? "" : `, ${args}`}) D.sethook()`));
    same(`local upvalue = 1
      local function f(a, b) return upvalue end
      local co = coroutine.create(f)
      ${lines.join("\n")}`);
  });

  test("levels and counts are C ints", () => {
    same("show(D.getinfo(1 << 32, 'n').name) try(D.getinfo, 1 << 31) show(D.getlocal(1 << 32, 1)) show(D.getinfo((1 << 32) + 50))");
  });
});

describe("getinfo", () => {
  test("every field, for functions and levels", () => {
    same(`local function f(a, b, ...)
        local x = 1
        info(D.getinfo(1)) info(D.getinfo(1, "L")) info(D.getinfo(2, "nSlt"))
        return D.getinfo(1, "nt")
      end
      f(1) info((f(2)))
      local t = { m = f } t.m() t:m() t["m"]()
      local function tail() return f() end info(tail())
      info(D.getinfo(rawlen)) info(D.getinfo(f, "SlnutrLf")) info(D.getinfo(f, ""))
      for _, name in ipairs{ "=name", "@file.lua", "text", "two\\nlines", ("x"):rep(100), "@" .. ("y"):rep(100) } do
        info(D.getinfo(load("return\\n\\n 1\\n", name), "SL"))
      end
      info(D.getinfo(load(string.dump(function(a) return a end, true)), "SLu"))
      show(D.getinfo(string.gmatch("", ""), "u").nups > 0)`);
  });

  test("names of metamethods, iterators, hooks and functions called by natives", () => {
    same(`local name = function(...) info(D.getinfo(2, "n")) return ... end
      local events = {}
      for _, event in ipairs{ "add", "lt", "le", "concat", "call", "len", "unm", "newindex", "eq", "close", "band", "bnot", "index" } do
        events["__" .. event] = function() name() return 1 end
      end
      local t = setmetatable({}, events)
      local _ = t.zz, t[1], t + 1, 1 + t, t < t, t <= t, t < 1, 1 >= t, t .. 1, #t, -t, ~t, t == setmetatable({}, events), t & 1
      t() t.q = 1 do local c <close> = t end
      for k in function() name() end do end
      pcall(function() name() info(D.getinfo(2, "nSl")) end)
      table.sort({ 1, 2 }, function() name() info(D.getinfo(2, "nSl")) return false end)
      string.gsub("a", "a", function() name() info(D.getinfo(2, "nS")) end)
      D.sethook(function() D.sethook() name() end, "l")
      local x = 1`);
  });

  test("a module that is a function has the module's name", () => {
    const { output } = runLua(`debug.getregistry()._LOADED.onlyme = function() print(debug.traceback("x")) end
      debug.getregistry()._LOADED.onlyme()`);
    expect(output).toContain("in function 'onlyme'");
  });
});

describe("getlocal and setlocal", () => {
  test("variables, loop state, temporaries, extra arguments", () => {
    same(`local function va(a, b, ...)
        local c = 10
        for i = 1, 1 do local d = i locals(nil, 1) end
        for k, v in pairs{ 1 } do locals(nil, 1) end
        for i = -1, -5, -1 do show(D.getlocal(1, i)) end
        show(D.setlocal(1, -2, "new")) show(...)
        show(D.setlocal(1, 1, "A")) show(a)
        show(D.setlocal(1, 99, 1)) show(D.setlocal(1, -9, 1))
      end
      va(1, 2, 3, 4, 5) va()
      show(D.getlocal(va, 1)) show(D.getlocal(va, 2)) show(D.getlocal(va, 3)) show(D.getlocal(rawlen, 1))
      show(D.getlocal(0, 1)) show(D.getlocal(0, 2)) show(D.getlocal(0, 3))`);
  });

  test("of other coroutines: suspended, unstarted, dead of an error", () => {
    same(`local co = coroutine.create(function(a, b, ...)
        local c = 3 do local d = 4 coroutine.yield(1, 2) end
        local e = 5 coroutine.yield() error("x")
      end)
      try(D.getlocal, co, 0, 1) print(D.traceback(co))
      coroutine.resume(co, 1, 2, 3, 4)
      locals(co, 1) locals(co, 0) info(D.getinfo(co, 0)) info(D.getinfo(co, 1, "nSlt")) show(D.getlocal(co, 1, -1))
      show(D.setlocal(co, 1, 1, "zz")) print(D.traceback(co, "msg", 1)) print(D.traceback(co, nil, 5))
      coroutine.resume(co) locals(co, 1)
      coroutine.resume(co) locals(co, 1) print(D.traceback(co))
      local bad = coroutine.create(function() local x = 1 local y = x + nil end)
      coroutine.resume(bad) print(D.traceback(bad)) show(D.getlocal(bad, 0, 1)) info(D.getinfo(bad, 0, "nSl"))`);
  });
});

test("upvalues, their identity, and joining them", () => {
  same(`local u1, u2 = 1, 2
    local function a() return u1, u2 end
    local function b() return u2 end
    for i = 0, 3 do show(D.getupvalue(a, i)) end
    show(D.setupvalue(a, 1, "n")) show(u1) show(D.setupvalue(a, 3, 1))
    show(D.upvalueid(a, 2) == D.upvalueid(b, 1), D.upvalueid(a, 1) == D.upvalueid(b, 1), D.upvalueid(a, 3))
    D.upvaluejoin(a, 1, b, 1) show(a()) u2 = "shared" show(a())
    show(D.getupvalue(load(string.dump(a, true)), 1))
    local g = string.gmatch("x", "x")
    show(D.getupvalue(g, 1)) show(D.upvalueid(g, 1) ~= nil, D.upvalueid(g, 1) == D.upvalueid(g, 2)) show(D.upvalueid(rawlen, 1))`);
});

test("metatables of any value", () => {
  same(`show(D.setmetatable(nil, { __index = function(_, k) return k end })) show((nil).foo)
    D.setmetatable(nil, nil) try(function() return (nil).x end)
    D.setmetatable(print, { __index = { a = 1 } }) show(print.a, show.a) D.setmetatable(print, nil)
    show(D.getmetatable("").__index == string, D.getmetatable(1), D.getmetatable({}))
    local t = setmetatable({}, { __metatable = "locked" }) show(D.getmetatable(t), getmetatable(t))
    show(D.setmetatable(t, nil) == t, getmetatable(t)) show(D.setcstacklimit(1000))`);
});

describe("traceback", () => {
  test("messages, levels and long stacks", () => {
    same(`print(D.traceback()) print(D.traceback("x", 0)) print(D.traceback("x", 2)) print(D.traceback("x", -1)) print(D.traceback("x", 99))
      show(D.traceback({}), D.traceback(true), D.traceback(rawlen)) print(D.traceback(12)) print(D.traceback(nil))
      local function deep(n, level) if n == 0 then return (D.traceback("deep", level)) end return (deep(n - 1, level)) end
      for _, n in ipairs{ 1, 17, 18, 19, 20, 21, 22, 23, 40 } do for _, level in ipairs{ 0, 1, 2, 5 } do print(deep(n, level)) end end`);
  });

  test("how functions are described", () => {
    same(`local function tail(n) if n == 0 then return D.traceback("t") end return tail(n - 1) end print(tail(3))
      local function trace(m) print(D.traceback(m)) end
      xpcall(function() local x = nil; x() end, trace) xpcall(function() error("z") end, trace)
      string.added = function() print(D.traceback("g")) end string.added() string.added = nil
      local t = { field = function() print(D.traceback("g")) end } t.field() t:field()
      setmetatable(t, { __index = function() print(D.traceback("m")) end }) local _ = t.x
      coroutine.wrap(function() print(D.traceback("in co")) end)()`);
  });
});

describe("hooks", () => {
  const HOOK = `local out = {}
    local function hook(event, line)
      local i = D.getinfo(2, "nSlt")
      out[#out + 1] = event .. ":" .. text(line) .. ":" .. text(i.name) .. ":" .. i.what .. ":" .. i.currentline .. (i.istailcall and "T" or "")
    end
    local function flush() D.sethook() print(table.concat(out, "\\n")) out = {} end
    local function callee(x)
      local y = x
      return y
    end
    local function vcallee(...)
      return callee(...)
    end
  `;

  test.each(["c", "r", "l", "crl", "cr", "xyz", ""])("mask '%s'", (mask) => {
    same(`${HOOK}
      D.sethook(hook, "${mask}")
      callee(1)
      vcallee(2)
      for i = 1, 2 do math.abs(i) end
      pcall(error)
      local _, mask, count = D.gethook()
      flush() show(mask, count) show(D.gethook())`);
  });

  test("counts", () => {
    same(`${HOOK}
      local z = 0
      D.sethook(hook, "", 3) for i = 1, 10 do z = z + i end flush()
      D.sethook(hook, "l", 5)
      for i = 1, 4 do
        z = z + i
      end
      local _, mask, left = D.gethook()
      flush() show(mask, left)
      local count = 0
      D.sethook(function() count = count + 1 end, "", 1) for i = 1, 1000 do end D.sethook() print(count)`);
  });

  test("lines of jumps, loops, calls and chunks", () => {
    const chunks = [
      "local a = 1\nwhile a < 4 do\na = a + 1\nend\n", "local a = 1\n::x::\na = a + 1\nif a < 5 then goto x end\n",
      "local t = {\n1,\n2,\nf = function()\nreturn 1\nend}\nt.f()\nreturn t", "for i = 1, 2 do\nlocal x <const> = i\ndo local y <close> = nil end\nend",
      "local function f(n)\nif n == 0 then return 0 end\nreturn f(n - 1)\nend\nf(3)", "if\nmath.sin(1)\nthen\n  a = 1\nelse\n  a = 2\nend\n",
      "a = 1\nrepeat\n  a = a + 1\nuntil a == 3\n", "for i, v in pairs{'a','b'} do\n  a = tostring(i) .. v\nend\n", "for i = 1, 4 do a = 1 end\n", "\n\n\n",
    ];
    same(`for _, chunk in ipairs{${chunks.map((c) => JSON.stringify(c)).join(",")}} do
      local lines, f = {}, load(chunk)
      D.sethook(function(_, line) lines[#lines + 1] = line end, "l") f() D.sethook()
      print(table.concat(lines, " "))
    end`);
  });

  test("on another coroutine, and what a new one inherits", () => {
    same(`${HOOK}
      local co = coroutine.create(function()
        local a = 1
        coroutine.yield()
        a = 2
        return a
      end)
      D.sethook(co, hook, "crl") coroutine.resume(co)
      show(D.gethook(co)) show(D.gethook())
      coroutine.resume(co) print(table.concat(out, "\\n"))`);
  });

  test("values of calls and returns", () => {
    same(`local function hook(event)
        local i = D.getinfo(2, "rS")
        local values = {}
        for n = i.ftransfer, i.ftransfer + i.ntransfer - 1 do values[#values + 1] = text(select(2, D.getlocal(2, n))) end
        print(event, i.what, i.ntransfer, table.concat(values, " "))
      end
      local function f(a, ...) return ... end
      local function g() return f(20, 10, 0) end
      D.sethook(hook, "cr")
      math.abs(-3) select(2, 10, 20, 30) g() f(1)
      D.sethook() show(D.getinfo(1, "r").ntransfer)`);
  });

  test("errors in a hook, yields in a hook", () => {
    same(`local n = 0
      print(pcall(function()
        D.sethook(function() n = n + 1 if n == 1 then error("from the hook") end end, "l")
        local a = 1
      end))
      D.sethook()
      local co = coroutine.create(function()
        local a = 1
      end)
      D.sethook(co, function() coroutine.yield() end, "l") show(coroutine.resume(co))`);
  });

  test("the hook table is weak by thread", () => {
    expect(runLua(`debug.sethook(print, "", 1000000) debug.sethook()
      print(getmetatable(debug.getregistry()._HOOKKEY).__mode)`).output).toBe("k\n");
  });
});

describe("debug.debug", () => {
  function session(input: string): { output: string; errors: string } {
    let at = 0;
    const refuse = (): never => {
      throw new Error("not an output file");
    };
    const stdin: HostFile = {
      read: (count) => input.slice(at, (at += count)), write: refuse, seek: refuse, flush: () => {}, close: () => undefined,
    };
    let output = "";
    let errors = "";
    const host = { ...plainHost((text) => (output += text), (text) => (errors += text)), stdin };
    const state = new LuaState({ compiler: vmCompiler, host });
    state.enter();
    for (const library of [basicLibrary, debugLibrary]) openLibrary(state, library);
    state.leave();
    state.call(state.load("debug.debug() print('after')", "=test"));
    return { output, errors };
  }

  test("runs lines until cont", () => {
    expect(session("print(1)\nerror('x')\nlocal x =\nerror({})\ncont\nprint(2)\n")).toEqual({
      output: "1\nafter\n",
      errors: expect.stringMatching(
        /^lua_debug> lua_debug> \(debug command\):1: x\nlua_debug> \(debug command\):2: unexpected symbol near <eof>\nlua_debug> table: 0x\w+\nlua_debug> $/,
      ) as string,
    });
  });

  test("ends with the input; a long line is cut in pieces", () => {
    expect(session("print('last')").output).toBe("last\nafter\n");
    expect(session(`${" ".repeat(249)}print(3)\n`).output).toBe("3\nafter\n");
  });
});
