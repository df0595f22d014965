import { beforeAll, expect, test } from "vitest";
import { complete } from "../../src/cli/completion.js";
import { vmCompiler } from "../../src/compiler/vm-compiler.js";
import { openLibraries } from "../../src/stdlib/libraries.js";
import { LuaState } from "../../src/vm/state.js";

const state = new LuaState({ compiler: vmCompiler });

beforeAll(() => {
  openLibraries(state);
  state.call(state.load(`
    text = "abc"
    base = {inherited = 1, method = function() end}
    object = setmetatable({own = {deeper = {x = 1}}, ["not a name"] = 1}, {__index = base})
    guarded = setmetatable({}, {__index = function() error("must not run") end})`, "=setup"));
});

test("globals and keywords", () => {
  expect(complete(state, "pri")).toEqual([["print("], "pri"]);
  expect(complete(state, "x = whi")).toEqual([["while"], "whi"]);
  expect(complete(state, "f(te")).toEqual([["text"], "te"]);
});

test("fields, through tables and __index", () => {
  expect(complete(state, "math.fl")[0]).toEqual(["floor("]);
  expect(complete(state, "object.")[0]).toEqual(["inherited", "method(", "own"]);
  expect(complete(state, "y = object.own.dee")[0]).toEqual(["deeper"]);
  expect(complete(state, "object.own.deeper.")[0]).toEqual(["x"]);
  expect(complete(state, "object:")[0]).toEqual(["method("]);
  expect(complete(state, "text:up")[0]).toEqual(["upper("]);
});

test("nothing is called and nothing fails", () => {
  expect(complete(state, "guarded.a.b.")[0]).toEqual([]);
  expect(complete(state, "nowhere.at.all")[0]).toEqual([]);
});
