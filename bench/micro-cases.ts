// Single operations of the language and the library, each in a loop of a thousand that is a chunk of its own.

export interface MicroCase {
  readonly name: string;
  /** Runs before the measurement, in the same chunk's text: what the loop works on. */
  readonly setup?: string;
  /** One operation; `i` counts from 1. */
  readonly body: string;
}

export const OPERATIONS = 1000;

export const MICRO_CASES: readonly MicroCase[] = [
  { name: "nothing (the loop itself)", body: "" },
  { name: "integer addition", setup: "local n = 0", body: "n = n + i" },
  { name: "float multiplication", setup: "local x = 1.5", body: "x = x * 1.0000001" },
  { name: "comparison and branch", setup: "local n = 0", body: "if i % 3 == 0 then n = n + 1 end" },
  { name: "field read", setup: "local t, n = { x = 1, y = 2 }, 0", body: "n = n + t.y" },
  { name: "field written", setup: "local t = { x = 1, y = 2 }", body: "t.y = i" },
  { name: "list read", setup: "local t, n = {}, 0 for k = 1, 1000 do t[k] = k end", body: "n = n + t[i]" },
  { name: "list filled from empty", setup: "local t = {}", body: "t[i] = i" },
  { name: "table with three fields made", setup: "local t", body: "t = { x = i, y = i, z = i }" },
  { name: "function called", setup: "local function f(a) return a end local n", body: "n = f(i)" },
  { name: "method called", setup: "local C = {} C.__index = C function C:f(a) return a end local o, n = setmetatable({}, C)", body: "n = o:f(i)" },
  { name: "closure made", setup: "local f", body: "f = function() return i end" },
  { name: "metamethod __add", setup: "local mt = {} mt.__add = function(a) return a end local o = setmetatable({}, mt)", body: "o = o + 1" },
  { name: "variable arguments", setup: "local function f(...) return (select('#', ...)) end local n", body: "n = f(i, i, i)" },
  { name: "pcall that succeeds", setup: "local function f() end", body: "pcall(f)" },
  { name: "pcall that catches an error", setup: "local function f() error('x', 0) end", body: "pcall(f)" },
  { name: "coroutine resumed and yielded", setup: "local co = coroutine.wrap(function() while true do coroutine.yield() end end)", body: "co()" },
  { name: "strings joined", setup: "local s", body: "s = 'item ' .. i" },
  { name: "string.format", setup: "local format, s = string.format", body: "s = format('%d %s', i, 'x')" },
  { name: "string.find, a pattern", setup: "local s, n = ('abc '):rep(5) .. '42', nil", body: "n = s:find('%d+')" },
  { name: "string.gsub on 20 bytes", setup: "local s, r = ('abcd '):rep(4)", body: "r = s:gsub('%a+', 'x')" },
  { name: "tostring of a float", setup: "local s", body: "s = tostring(i + 0.25)" },
  { name: "table.insert and table.remove", setup: "local t, insert, remove = {}, table.insert, table.remove", body: "insert(t, i) remove(t)" },
  { name: "pairs over ten fields", setup: "local t = { a=1, b=2, c=3, d=4, e=5, f=6, g=7, h=8, i=9, j=10 }", body: "for k in pairs(t) do end" },
];

/** The chunk of a case. */
export function chunkOf({ setup, body }: MicroCase): string {
  return `${setup ?? ""}\nfor i = 1, ${OPERATIONS} do ${body} end`;
}
