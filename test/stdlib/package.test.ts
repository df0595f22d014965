import { mkdirSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { nodeHost } from "../../src/host/node.js";
import { runWithFiles, temporaryDirectory } from "../support/files.js";

const directory = temporaryDirectory();

function printed(source: string, environment: Record<string, string> = {}): string {
  const host = nodeHost();
  const process = { ...host.process!, getenv: (name: string): string | undefined => environment[name] };
  const { output, error } = runWithFiles(source, directory.path, "", { process });
  expect(error).toBeUndefined();
  return output.replaceAll(`${directory.path}/`, "DIR/");
}

function module(name: string, text: string): void {
  mkdirSync(`${directory.path}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
  writeFileSync(`${directory.path}/${name}`, text, "latin1");
}

const here = `package.path = DIR .. "?.lua;" .. DIR .. "?/init.lua"\n`;

describe("require", () => {
  test("gives the module and what its searcher said", () => {
    module("plain.lua", "local name, file = ...; return {name = name, file = file}");
    expect(printed(`${here} local m, file = require "plain"; print(m.name, m.file == file, file == DIR .. "plain.lua", require "plain" == m)`)).toBe(
      "plain\ttrue\ttrue\ttrue\n",
    );
    expect(printed(`${here} print(select("#", require "plain"), select("#", require "plain"))`)).toBe("2\t1\n");
  });

  test("a module that returns nothing is true; what it stored itself stays; false is loaded again", () => {
    module("nothing.lua", "COUNT = (COUNT or 0) + 1");
    module("stored.lua", "package.loaded[...] = 25");
    module("no.lua", "COUNT = (COUNT or 0) + 1; return false");
    expect(printed(`${here} print((require "nothing")) require "nothing" print(COUNT)`)).toBe("true\n1\n");
    expect(printed(`${here} print((require "stored"))`)).toBe("25\n");
    expect(printed(`${here} require "no" require "no" print(COUNT)`)).toBe("2\n");
  });

  test("dots are directories", () => {
    module("deep/er/init.lua", "return 'found'");
    expect(printed(`${here} print((require "deep.er"))`)).toBe("found\n");
  });

  test("a module that is not there: every place that was tried", () => {
    expect(printed(`package.path = "?.lua;?/?" package.cpath = "?.so" print(pcall(require, "no.where"))`)).toBe(
      "false\tmodule 'no.where' not found:\n\tno field package.preload['no.where']\n\tno file 'no/where.lua'\n\tno file 'no/where/no/where'"
      + "\n\tno file 'no/where.so'\n\tno file 'no.so'\n",
    );
  });

  test("errors in a module name it; broken settings are named", () => {
    module("broken.lua", "x = = 1");
    module("raises.lua", "error('from inside', 0)");
    expect(printed(`${here} print(pcall(require, "broken"))`)).toBe(
      "false\terror loading module 'broken' from file 'DIR/broken.lua':\n\tDIR/broken.lua:1: unexpected symbol near '='\n",
    );
    expect(printed(`${here} print(pcall(require, "raises"))`)).toBe("false\tfrom inside\n");
    expect(printed(`package.path = {} print(pcall(require, "x"))`)).toBe("false\t'package.path' must be a string\n");
    expect(printed(`package.searchers = 3 print(pcall(require, "x"))`)).toBe("false\t'package.searchers' must be a table\n");
  });

  test("preload, and searchers of one's own", () => {
    expect(printed(`package.preload.p = function(...) return table.concat({...}, " ") end print(require "p")`)).toBe("p :preload:\t:preload:\n");
    const source = `
      table.insert(package.searchers, 2, function(name) return name == "mine" and function(...) return select("#", ...) end or 42 end)
      print(require "mine")
      print((select(2, pcall(require, "other")):match("preload.-\\n\\t42")))`;
    expect(printed(source)).toBe("2\tnil\npreload['other']\n\t42\n");
  });

  test("searchers and loaders may yield", () => {
    module("yields.lua", "return coroutine.yield('from the module') + 1");
    const source = `${here}
      table.insert(package.searchers, 1, function(name) coroutine.yield("searching " .. name) end)
      local co = coroutine.wrap(function() return require "yields" end)
      print(co()); print(co()); print((co(41)))`;
    expect(printed(source)).toBe("searching yields\nfrom the module\n42\n");
  });

  test("the collector does not take what a loader gave while it runs", () => {
    const source = `
      package.preload.gc = function() collectgarbage() collectgarbage() return {} end
      package.searchers[1] = function() return package.preload.gc, setmetatable({}, {__name = "data"}) end
      local m, data = require "gc"
      print(getmetatable(data).__name)`;
    expect(printed(source)).toBe("data\n");
  });
});

describe("paths", () => {
  test("come from the environment, the versioned variable first; ;; is the default", () => {
    const show = "print(package.path) print(package.cpath)";
    const [path, cpath] = printed(show).split("\n");
    expect(path).toContain("./?.lua");
    expect(printed(show, { LUA_PATH: "x", LUA_CPATH: "y" })).toBe("x\ny\n");
    expect(printed(show, { LUA_PATH: "x", LUA_PATH_5_4: "a;;b", LUA_CPATH_5_4: ";;" })).toBe(`a;${path};b\n${cpath}\n`);
  });

  test("searchpath replaces separators and marks", () => {
    module("s/t.txt", "");
    expect(printed(`print(package.searchpath("s.t", DIR .. "?.txt") == DIR .. "s/t.txt")`)).toBe("true\n");
    expect(printed(`print(package.searchpath("s-t", DIR .. "?.txt", "-") == DIR .. "s/t.txt")`)).toBe("true\n");
    expect(printed(`print(package.searchpath("a.b", "?;x/?", "", "/"))`)).toBe("nil\tno file 'a.b'\n\tno file 'x/a.b'\n");
  });

  test("the library is honest about machine code", () => {
    module("native.so", "not a library");
    expect(printed(`print(package.loadlib("x.so", "f"))`)).toBe("nil\tdynamic libraries not enabled; check your Lua installation\tabsent\n");
    expect(printed(`package.path = "" package.cpath = DIR .. "?.so" print(pcall(require, "native"))`)).toBe(
      "false\terror loading module 'native' from file 'DIR/native.so':\n\tdynamic libraries not enabled; check your Lua installation\n",
    );
    expect(printed("print((package.config:gsub('\\n', '|')))")).toBe("/|;|?|!|-|\n");
  });
});
