import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { expectSame, runLua } from "../support/lua.js";
import { luaString } from "../support/lua-values.js";
import { type Oracle, oracle } from "../support/oracle.js";

let judge: Oracle;
beforeAll(async () => {
  judge = await oracle();
});

const PRELUDE = `local function try(f, ...)
  local r = table.pack(pcall(f, ...))
  for i = 1, r.n do r[i] = tostring(r[i]) end
  print(table.concat(r, "\\t", 1, r.n))
end
local function codes(s, lax)
  local out = {}
  for p, c in utf8.codes(s, lax) do out[#out + 1] = p .. ":" .. c end
  return table.concat(out, " ")
end
`;

test("every function against C Lua, valid and broken sequences", () => {
  const piece = fc.constantFrom(
    "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\x80", "\xc0\x80", "\xc1\xbf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xfd\xbf\xbf\xbf\xbf\xbf",
    "\xf8\x88\x80\x80\x80", "\xff", "\xe2\x82", "\xfe", "\0",
  );
  const text = fc.array(piece, { maxLength: 7 }).map((list) => list.join(""));
  const at = fc.integer({ min: -12, max: 14 });
  const code = fc.oneof(fc.constantFrom(0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x1fffff, 0x200000, 0x3ffffff, 0x4000000, 0x7fffffff, 0x80000000, -1), fc.nat());
  fc.assert(
    fc.property(text, at, at, fc.boolean(), fc.array(code, { maxLength: 4 }), (s, i, j, lax, list) => {
      const S = luaString(s);
      expectSame(
        judge,
        `${PRELUDE}try(utf8.len, ${S}) try(utf8.len, ${S}, ${i}, ${j}, ${lax}) try(utf8.codepoint, ${S}, ${i}, ${j}, ${lax}) try(utf8.codepoint, ${S}, 1, -1, ${lax})
        try(utf8.offset, ${S}, ${i}) try(utf8.offset, ${S}, ${i}, ${j}) try(codes, ${S}, ${lax}) try(utf8.char, ${list.join(", ") || "65"})
        for c in string.gmatch(${S}, utf8.charpattern) do io.write(c, "|") end`,
      );
    }),
    { numRuns: 500 },
  );
});

test("char and codepoint are inverse", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0x7fffffff }), { minLength: 1, maxLength: 10 }), (codes) => {
      expect(runLua(`print(utf8.codepoint(utf8.char(${codes.join(",")}), 1, -1, true))`).output).toBe(`${codes.join("\t")}\n`);
    }),
    { numRuns: 50 },
  );
});
