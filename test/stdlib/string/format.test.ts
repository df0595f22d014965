import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type LuaNumber } from "../../../src/number/float.js";
import { expectSame, runLua } from "../../support/lua.js";
import { luaNumber, luaString, numberSource } from "../../support/lua-values.js";
import { type Oracle, oracle } from "../../support/oracle.js";

let judge: Oracle;
beforeAll(async () => {
  judge = await oracle();
});

const PRELUDE = `local function try(...)
  local ok, s = pcall(string.format, ...)
  print(ok, s)
end
`;

const flags = fc.array(fc.constantFrom(..."-+#0 "), { maxLength: 3 }).map((list) => list.join(""));
const width = fc.oneof(fc.constant(""), fc.integer({ min: 0, max: 30 }).map(String), fc.constantFrom("100", "99"));
const precision = fc.oneof(fc.constant(""), fc.constant("."), fc.integer({ min: 0, max: 25 }).map((n) => `.${n}`), fc.constantFrom(".99", ".100"));

/** Arguments of every kind as Lua source. NaN's sign and subnormal %a differ between C libraries and are left out. */
const argument = fc.oneof(
  luaNumber.filter((v: LuaNumber) => v === v).map(numberSource),
  fc.string({ unit: "binary-ascii", maxLength: 12 }).map(luaString),
  fc.constantFrom("nil", "true", "'10'", "'0x1p4'", "' 7 '", "setmetatable({}, {__tostring = function() return 'T' end})", "setmetatable({}, {__name = 'N', __tostring = function() return 1 end})"),
);

describe("string.format against C Lua", () => {
  test("conversions with any flags, width, precision", () => {
    const conversion = fc.tuple(flags, width, precision, fc.constantFrom(..."diuoxXceEfFgGqs%zh")).map((parts) => `%${parts.join("")}`);
    const case_ = fc.tuple(fc.array(conversion, { minLength: 1, maxLength: 3 }), fc.array(argument, { maxLength: 3 }));
    fc.assert(
      fc.property(fc.array(case_, { minLength: 25, maxLength: 25 }), (cases) => {
        const lines = cases.map(([fs, args]) => `try(${[luaString(fs.join("-")), ...args].join(", ")})`);
        expectSame(judge, PRELUDE + lines.join("\n"));
      }),
      { numRuns: 120 },
    );
  });

  test("%q reads back as the same value", () => {
    fc.assert(
      fc.property(fc.oneof(luaNumber.map(numberSource), fc.uint8Array({ maxLength: 30 }).map((b) => luaString(Buffer.from(b).toString("latin1")))), (v) => {
        const source = `local v = ${v} local w = load("return " .. string.format("%q", v))()
          assert(v ~= v and w ~= w or v == w and math.type(v) == math.type(w))`;
        expect(runLua(source)).toEqual({ ok: true, output: "" });
      }),
      { numRuns: 200 },
    );
  });
});

test("%p shows identity", () => {
  expect(runLua(`local t = {} assert(string.format("%p", t) == string.format("%p", t) and string.format("%p", t) ~= string.format("%p", {}))
    assert(tostring(t):find(string.format("%p", t), 1, true)) print(string.format("%p|%-8p|%8p", 1, nil, true))`)).toEqual({ ok: true, output: "(null)|(null)  |  (null)\n" });
});

test("%a follows glibc", () => {
  expect(runLua(`print(string.format("%a %A %.0a %.3a %+a %020a %a", 1, 255.5, 1.5, 0.1, 0.0, 1.5, 2^-1074))`).output).toBe(
    "0x1p+0 0X1.FFP+7 0x2p+0 0x1.99ap-4 +0x0p+0 0x0000000000001.8p+0 0x0.0000000000001p-1022\n",
  );
});
