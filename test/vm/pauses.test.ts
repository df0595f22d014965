// Long work of natives that call nothing: in a run that can be preempted it stands still now and then, which changes nothing else.
import { expect, test } from "vitest";
import { Run } from "../../src/vm/run.js";
import { inSlices, plainly, world } from "../support/sliced.js";

/** Each does more than one piece of work of the same kind, in one call. */
const PROGRAMS: Readonly<Record<string, string>> = {
  "a match that backtracks": `local s = ("a"):rep(40) print(s:find("a*a*a*b"), s:match("(a-)(a-)(a*)b"), s:find(".-.-.-b"), s:find(("a?"):rep(9) .. "b"))`,
  "captures that are undone": `local s = ("ab"):rep(60) print(s:find("((a)(b))-((ab)-)()c"), s:match("^(.-)(.-)(.-)(b)$"), s:match("()(a-)b()(.-)%2c"))`,
  "a search that skips": `local s = ("x"):rep(300000) .. "123" print(s:find("%d%d"), s:find("[^x]"), s:match("x%d+"), s:find("y%d"), s:find("x1%d"), #s:match("x+"), s:find("%a-%d"))`,
  "a search for one item in a very long text": `local s = ("x"):rep(1200000) .. "12" print(s:find("%d"), s:find("%d+"), #s:match("%a+"), s:match("^%d"), s:gsub("%d", "-"):sub(-3)) for w in s:gmatch("%d+") do print(w) end`,
  "brackets": `local s = ("("):rep(3) .. ("x"):rep(200000) .. (")"):rep(2) print(s:find("%b()"), #s:match("%b()"), s:find("%b()$"), (("("):rep(2000)):find("%b()"))`,
  "a back reference": `local s = ("a"):rep(200) print(s:find("(a-)%1b"), s:match("^(a-)%1%1%1$"), s:find("(.+)b%1"))`,
  "frontiers": `local s = ("ab "):rep(6000) print(s:find("%f[%d]%d"), s:gsub("%f[%a]a", "-"):sub(1, 9), select(2, s:gsub("%f[%A]", "")))`,
  "errors in the middle": `for _, p in ipairs {"(a*)(a*)(a*)%4", ("(a*"):rep(4) .. "b", "(a-)(a-)%3", "a*a*a*%", "a*a*a*[b"} do print(pcall(string.find, ("a"):rep(40), p)) end print(pcall(string.find, ("a"):rep(3000), ("a?"):rep(201) .. "b"), pcall(string.find, ("a"):rep(3000), ("a-"):rep(201) .. "b"))`,
  "long patterns": `local p = ("a?"):rep(20000) .. "%a?" for i = 1, 3 do print((" b "):find(p), (" b "):match(p .. "b"), (" b "):gsub(p .. "b", "-")) for w in (" b "):gmatch("^" .. p) do print(w) end end
    print(pcall(string.find, "", p .. "%"), pcall(string.match, "", "[" .. p))`,
  "a long replacement": `local r = ("%1-%0%%"):rep(3000) local s, n = ("ab "):rep(4):gsub("(%a)%a", r) print(#s, n, s:sub(1, 20), s:sub(-9))
    print(pcall(string.gsub, "ab", "b", r), pcall(string.gsub, "ab", "(b)", r .. "%x"), pcall(string.gsub, "ab", "()b", r .. "%"), #("ab"):gsub("()b", r), ("ab"):gsub("c", r .. "%"))`,
  gmatch: `local s, n = ("a=1, "):rep(3000), 0 for k, v in s:gmatch("(%w+)=(%w+)") do n = n + #k + v end for w in s:gmatch("") do n = n + 1 end for x in (("a"):rep(60)):gmatch("a-a-a-b") do n = x end
    for a, b in (("a"):rep(40) .. "b"):gmatch("(a*)(a*)b") do n = n + #a end print(n)`,
  gsub: `local s = ("word "):rep(3000) print(s:gsub("%w+", "<%0>"):sub(1, 20), select(2, s:gsub("", "-")), select(2, s:gsub("o", {o = 1})), select(2, s:gsub("w(o)", function(c) return c end)))
    print((("a"):rep(60) .. "b"):gsub("^a*a*b", "%0!"), (("a"):rep(30)):gsub("a-a-a-b", ""), (("a"):rep(30)):gsub("a-a-a-b", print), (("a"):rep(30)):gsub("(a-)(a-)(a-)b", {}))`,
  "plain text": `local s = ("a"):rep(300000) .. "b" print(s:find("ab", 1, true), s:find(("a"):rep(40) .. "b", 1, true), s:find(("a"):rep(70000) .. "c", 1, true), s:find(("a"):rep(100) .. "b", 9, true), s:find("c", 1, true), s:find("b"))`,
  "case, and back to front": `local s = ("aB\xff"):rep(70000) print(#s, s:upper() == ("AB\xff"):rep(70000), s:lower() == ("ab\xff"):rep(70000), s:reverse() == ("\xffBa"):rep(70000), ("aB"):rep(70000):upper():sub(-2))`,
  "quoted text": `local s = ("\0" .. "1x\\n"):rep(20000) .. "\0" print(load("return " .. ("%q"):format(s))() == s, #("%q and %s"):format(s, 1), ("%q"):format(("x"):rep(16384)):sub(-3), ("%q"):format(("\0"):rep(16384) .. "1"):sub(-9))`,
  "numerals": `print(tonumber(("7"):rep(30000), 8), tonumber("-" .. ("z"):rep(30000), 36), tonumber(("1"):rep(9000) .. "2", 2))`,
  "a table that is moved and joined": `local t = {} for i = 1, 50000 do t[i] = i end table.move(t, 1, 50000, 2) table.move(t, 2, 50001, 1) table.move(t, 1, 40000, 60001) print(t[1], t[50000], #t, t[100000])
    local s = table.concat(t, ",", 1, 50001) print(#s, s:sub(-12), #table.concat(t, "", 2, 16386), pcall(table.concat, t, "", 1, 60000)) t[40000] = {} print(pcall(table.concat, t))`,
  "characters": `local s = ("é"):rep(70000) print(utf8.len(s), utf8.len(s .. "\xff"), utf8.len(s, -40000), utf8.len(("a"):rep(40000)))`,
  "a large source": `local s = ("local x = 1 "):rep(150) s = ("do " .. s .. " end "):rep(60) print(load(s .. "return 7")(), load(s .. " = "), load(function() local t = s s = nil return t end)())
    print(load(("x = 1 "):rep(9000) .. "return [["), pcall(load(("y = 1 "):rep(9000) .. "error('in it')", "=name")))`,
  "many numbers sorted, and long strings": `local t, n, x = {}, 150000, 1 for i = 1, n do x = x * 16807 % 2147483647 t[i] = x % 2 == 0 and x or x / 2 end table.sort(t) local ok = true for i = 2, n do ok = ok and t[i - 1] <= t[i] end print(ok, #t, t[1], t[n])
    local s, long = {}, ("x"):rep(9000) for i = 1, 300 do s[i] = long .. i * 7919 % 300 end table.sort(s) for i = 1, 300 do io.write(s[i]:sub(9001), " ") end`,
  "a date": `print(#os.date("!" .. ("%c %% "):rep(400), 0), pcall(os.date, "!" .. ("%x"):rep(200) .. "%Q", 0))`,
};

/** Those that call natives so often that emitted code does. */
const LOOP = (body: string): string => `local function f(s) for i = 1, 3 do ${body} end end f() f() f()`;

test.each(Object.entries(PROGRAMS))("%s: slices change nothing", (_, source) => {
  const plain = plainly(source);
  for (const units of [1, 1000]) {
    const { outcome, slices } = inSlices(source, units);
    expect(outcome).toBe(plain);
    expect(slices).toBeGreaterThan(units === 1 ? 10 : 1);
  }
});

test.each(Object.entries(PROGRAMS))("%s: slices change nothing in emitted code", (_, source) => {
  const plain = plainly(LOOP(source), "off");
  expect(inSlices(LOOP(source), 5000, "always").outcome).toBe(plain);
});

test.each([
  ["a match that backtracks", `(("a"):rep(100)):find(("a-"):rep(20) .. "b")`],
  ["a search that backtracks at each place", `(("a"):rep(100000)):find("a-b")`],
  ["a substitution", `(("a"):rep(100000)):gsub("a-b", "")`],
  ["an iterator", `(("a"):rep(100000)):gmatch("a-b")()`],
])("%s stands still before it is over", (_, source) => {
  for (const jit of ["off", "always"] as const) {
    const { state } = world(jit);
    const run = new Run(state, state.load(`return ${source}`, "=text"));
    let before = state.meter.used;
    for (let i = 0; i < 200; i++) {
      expect(run.resume({ units: 50, isOver: () => true })).toBe("ready");
      expect(state.meter.used - before).toBeLessThan(70_000); // a stretch of bytes, at most
      before = state.meter.used;
    }
  }
});

test("a native stands still in a finalizer as well", () => {
  const source = `setmetatable({}, {__gc = function() print((("a"):rep(60)):find("a*a*a*b")) end}) collectgarbage() print("after")`;
  const { outcome, slices } = inSlices(source, 1);
  expect(outcome).toMatch(/^nil\nafter\nresults: 0\n/);
  expect(slices).toBeGreaterThan(15);
});
