// Scripts in contexts get the same emitted code as others, and what a policy refuses is refused there too.
import { expect, test } from "vitest";
import { LuaEngine } from "../../src/index.js";
import { policies } from "../../src/engine/policy.js";

const WORK = `
  local function attempt(f) local ok, problem = pcall(f) return ok and "ran" or (tostring(problem):gsub("^.-%d: ", "")) end
  local seen = {}
  local function note(name, f) seen[name .. ": " .. attempt(f)] = true end
  local function sized() return #string.rep("x", 10) end
  local function root() return math.sqrt(16) end
  local function raise() return error("told", 0) end
  local function guard() return xpcall(raise, tostring) end
  local function turn() return coroutine.wrap(function() coroutine.yield(1) end)() end
  for i = 1, 1000 do note("rep", sized) note("sqrt", root) note("error", raise) note("xpcall", guard) note("yield", turn) end
  local list = {}
  for text in next, seen do list[#list + 1] = text end
  table.sort(list)
  return table.concat(list, "; ")`;

test("what is granted does its work", async () => {
  const context = new LuaEngine({ policy: policies.none }).createContext();
  expect(await context.execute(WORK)).toBe("error: told; rep: ran; sqrt: ran; xpcall: ran; yield: ran");
});

test("library functions that emitted code takes over are refused where the policy refuses them", async () => {
  const policy = policies.none.derive({
    libraries: { string: { except: ["rep"] }, math: { except: ["sqrt"] }, base: { except: ["error", "xpcall"] }, coroutine: { except: ["yield"] } },
  });
  const context = new LuaEngine({ policy }).createContext();
  const answer = String(await context.execute(WORK));
  for (const name of ["string.rep", "math.sqrt", "error", "xpcall", "coroutine.yield"]) expect(answer).toContain(`'${name}' is not allowed`);
  expect(answer.split("; ")).toHaveLength(5);
});
