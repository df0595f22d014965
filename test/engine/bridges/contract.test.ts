// The contract that every bridge keeps, whatever it is for.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ALL_BRIDGES } from "../../../src/engine/bridges/all-bridges.js";
import { type Bridge, type BridgeFunction, type BridgeParameterType } from "../../../src/engine/bridges/define.js";
import { isOptional } from "../../../src/engine/bridges/lua-types.js";
import { type OptionField, OptionsType } from "../../../src/engine/bridges/options.js";
import { BridgeFailure } from "../../../src/engine/bridges/services/failure.js";
import type { BusEvent } from "../../../src/engine/bridges/services/event-bus.js";
import { SAMPLES } from "./samples.js";
import { bridgeWorld, failureOf } from "./support.js";

const functionsOf = (bridge: Bridge): [string, BridgeFunction][] => Object.entries(bridge.spec.functions);

/** A Lua expression that a parameter or field accepts. */
function sample(bridge: Bridge, type: BridgeParameterType | OptionField["type"], oneOf?: readonly string[]): string {
  if (oneOf !== undefined) return JSON.stringify(oneOf[0]);
  if (Array.isArray(type)) return sample(bridge, type[0] as BridgeParameterType);
  if (type instanceof OptionsType) {
    return `{ ${Object.entries(type.fields).filter(([, { required }]) => required === true).map(([name, field]) => `${name} = ${sample(bridge, field.type, field.oneOf)}`).join(", ")} }`;
  }
  if (typeof type === "object") {
    const made = Object.values(SAMPLES).map(({ handles }) => handles?.[(type as { name: string }).name]).find((each) => each !== undefined);
    if (made === undefined) throw new Error(`samples.ts says nothing of the handle '${(type as { name: string }).name}'`);
    return made;
  }
  const samples: Record<string, string> = { string: '"sample"', integer: "1", number: "1", boolean: "true", function: "function() end", any: '"sample"' };
  return samples[type as string] ?? "{}";
}

/** A call with arguments that are accepted, as Lua. */
function goodCall(bridge: Bridge, name: string, { params }: BridgeFunction): string {
  const args = params.filter((parameter) => !isOptional(parameter)).map(({ type, oneOf }) => sample(bridge, type, oneOf));
  return `${bridge.name}.${name}(${args.join(", ")})`;
}

/** A value that is never accepted where `type` is asked for; undefined when everything is. */
function wrongValue(type: BridgeParameterType): string | undefined {
  if (type === "any" || type === "value" || type === "tagged") return undefined;
  return type === "boolean" ? '"no boolean"' : "true";
}

describe.each(ALL_BRIDGES.map((bridge) => [bridge.name, bridge] as const))("bridge %s", (name, bridge) => {
  test("is refused by either name where the policy does not grant it", async () => {
    const others = ALL_BRIDGES.filter((other) => other !== bridge).map((other) => other.name);
    const { context } = bridgeWorld({ granted: others });
    for (const module of bridge.moduleNames) {
      const error = await failureOf(context.execute(`return require "${module}"`));
      expect(error.message).toContain(`module '${module}' is not permitted`);
      expect(error.code).toBe("permission");
    }
    const { context: granted } = bridgeWorld({ granted: [name] });
    expect(await granted.execute(`return require "perilune.${name}" == require "zigllms.${name}"`)).toBe(true);
  });

  test("has exactly the functions and constants that it describes", async () => {
    const { lua } = bridgeWorld();
    const [keys] = await lua(`local keys = {} for key in pairs(${name}) do keys[#keys + 1] = key end table.sort(keys) return keys`);
    expect(keys).toEqual([...functionsOf(bridge).map(([fn]) => fn), ...Object.keys(bridge.spec.constants ?? {})].sort());
    for (const [constant, value] of Object.entries(bridge.spec.constants ?? {})) {
      const [seen] = await lua(`return ${name}.${constant}`);
      expect(seen).toEqual(value);
    }
  });

  test("keeps what a script does to its tables from other contexts", async () => {
    const [one, two] = [bridgeWorld(), bridgeWorld()];
    const [fn] = functionsOf(bridge)[0]!;
    await one.lua(`${name}.${fn} = nil; pcall(function() for _, v in pairs(${name}) do if type(v) == "table" then v.EVIL = 1 end end end)`);
    const [type] = await two.lua(`for _, v in pairs(${name}) do if type(v) == "table" and v.EVIL then return "reached" end end return type(${name}.${fn})`);
    expect(type).toBe("function");
  });

  test("words wrong arguments as Lua does, before it does anything", async () => {
    const world = bridgeWorld();
    for (const [fn, { params }] of functionsOf(bridge)) {
      for (const [i, parameter] of params.entries()) {
        const wrong = wrongValue(parameter.type);
        if (wrong === undefined) continue;
        const before = params.slice(0, i).map((each) => (isOptional(each) ? "nil" : sample(bridge, each.type, each.oneOf)));
        const [ok, message] = await world.lua(`local ok, message = pcall(function() return (${name}.${fn}(${[...before, wrong].join(", ")})) end) return ok, message`);
        expect([fn, parameter.name, ok]).toEqual([fn, parameter.name, false]);
        expect(message).toMatch(new RegExp(`^test:1: bad argument #${i + 1} to '${fn}' \\(.*(?:expected, got boolean|expected, got string|invalid option).*\\)$`));
      }
      const [first] = params;
      if (first !== undefined && !isOptional(first) && first.variadic !== true) {
        const [ok, message] = await world.lua(`return pcall(function() return (${name}.${fn}()) end)`);
        expect([fn, ok, message]).toEqual([fn, false, expect.stringMatching(/bad argument #1 to '\w+' \(.*(?:got no value|value expected)\)/)]);
      }
    }
  });

  test("refuses unknown fields of its option tables, and names the one that was meant", async () => {
    const world = bridgeWorld();
    for (const [fn, { params }] of functionsOf(bridge)) {
      const at = params.findIndex(({ type }) => type instanceof OptionsType && type.choices.open !== true);
      if (at < 0) continue;
      const [field] = Object.keys((params[at]!.type as OptionsType).fields);
      const before = params.slice(0, at).map((each) => (isOptional(each) ? "nil" : sample(bridge, each.type, each.oneOf)));
      const [ok, message] = await world.lua(`return pcall(${name}.${fn}, ${[...before, `{ ${field!}x = 1 }`].join(", ")})`);
      expect([fn, ok]).toEqual([fn, false]);
      expect(message).toMatch(new RegExp(`unknown field '${field!}x'; did you mean '\\w+'\\?`));
    }
  });

  test("pays for each call by the meter, and counts it", async () => {
    for (const [fn, { cost = 10 }] of functionsOf(bridge)) {
      const world = bridgeWorld();
      await world.lua(`return ${name}`);
      const before = world.context.statistics;
      await world.lua(`pcall(${name}.${fn})`);
      const after = world.context.statistics;
      expect(after.hostCalls - before.hostCalls).toBeGreaterThanOrEqual(1);
      expect(after.libraryWork - before.libraryWork).toBeGreaterThanOrEqual(cost);
    }
  });

  test("stops at the context's limits, which no pcall catches", async () => {
    const [fn] = functionsOf(bridge)[0]!;
    for (const limits of [{ instructions: 50_000 }, { hostCalls: 1000 }]) {
      const { lua } = bridgeWorld({ limits });
      const error = await failureOf(lua(`while true do pcall(${name}.${fn}) end`));
      expect(error.code).toBe("limit");
    }
  });

  test("shows its calls to hooks, which may answer in their place", async () => {
    for (const [fn, described] of functionsOf(bridge)) {
      if (described.hooked === false) continue;
      const world = bridgeWorld();
      const seen: string[] = [];
      await world.lua(`return ${name}`);
      world.bridges.hooks.register({ type: "pre", pattern: `${name}.${fn}`, handler: (call) => {
        seen.push(call.name);
        return { result: "answered" };
      } });
      expect([fn, await world.lua(`return ${goodCall(bridge, fn, described)}`)]).toEqual([fn, ["answered"]]);
      expect(seen).toEqual([`${name}.${fn}`]);
    }
  });

  test("raises failures from outside as tables that read well", async () => {
    for (const [fn, described] of functionsOf(bridge)) {
      if (described.hooked === false) continue;
      const world = bridgeWorld();
      await world.lua(`return ${name}`);
      world.bridges.hooks.register({ type: "pre", pattern: `${name}.${fn}`, handler: () => {
        throw new BridgeFailure("broken", "it broke", { cause: new Error("the disk is gone") });
      } });
      const [kind, text, error] = await world.lua(`local ok, e = pcall(function() return ${goodCall(bridge, fn, described)} end) return type(e), tostring(e), e`);
      expect([fn, kind, text]).toEqual([fn, "table", `${name}.${fn}: it broke`]);
      expect(error).toMatchObject({ code: "broken", message: "it broke", source: `${name}.${fn}`, cause: "the disk is gone" });
    }
  });

  test("ends a call that waits when the script is cancelled", async () => {
    for (const [fn, described] of functionsOf(bridge)) {
      if (described.hooked === false) continue;
      const world = bridgeWorld();
      await world.lua(`return ${name}`);
      const controller = new AbortController();
      world.bridges.hooks.register({ type: "pre", pattern: `${name}.${fn}`, handler: () => {
        setTimeout(() => controller.abort(new Error("enough")), 1);
        return new Promise(() => {});
      } });
      const run = world.lua(`pcall(function() return ${goodCall(bridge, fn, described)} end) return "went on"`, { signal: controller.signal });
      const error = await failureOf(run);
      expect([fn, error.code]).toEqual([fn, "cancelled"]);
    }
  });

  test("emits the events that it declares, and no others of its own", async () => {
    const declared = Object.keys(bridge.spec.events ?? {});
    if (declared.length === 0) return;
    const script = SAMPLES[name]?.events;
    if (script === undefined) throw new Error(`samples.ts has no script that emits ${declared.join(", ")}`);
    const world = bridgeWorld();
    const seen = new Map<string, BusEvent>();
    world.bridges.events.subscribe("*", (event) => void seen.set(event.type, event));
    await world.lua(script);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([...seen.keys()]).toEqual(expect.arrayContaining(declared));
    const own = [...seen.keys()].filter((type) => type.startsWith(`${name}.`));
    expect(own.filter((type) => !declared.includes(type))).toEqual([]);
  });

  test("has handles with a name, an id, methods, and ids in their place", async () => {
    for (const handle of bridge.spec.handles ?? []) {
      const made = sample(bridge, handle);
      const { lua } = bridgeWorld();
      const [kind, text, id, metatable, write] = await lua(`local h = ${made} return type(h), tostring(h), h.id, getmetatable(h), (select(2, pcall(function() h.id = "other" end)))`);
      expect(kind).toBe("userdata");
      expect(text).toBe(`${handle.name}: ${String(id)}`);
      expect(metatable).toBe(handle.name);
      expect(write).toMatch(/read-only/);
      for (const [fn, { params, hooked }] of functionsOf(bridge)) {
        if (params[0]?.type !== handle || hooked === false) continue;
        const world = bridgeWorld();
        await world.lua(`return ${name}`);
        world.bridges.hooks.register({ type: "around", pattern: `${name}.${fn}`, handler: ({ args }) => args[0] });
        const rest = params.slice(1).filter((parameter) => !isOptional(parameter)).map(({ type, oneOf }) => sample(bridge, type, oneOf));
        const same = await world.lua(`local h = ${made}
          return ${name}.${fn}(${["h", ...rest].join(", ")}) == h, h:${fn}(${rest.join(", ")}) == h, ${name}.${fn}(${["h.id", ...rest].join(", ")}) == h`);
        expect([fn, ...same]).toEqual([fn, true, true, true]);
        const [message] = await world.lua(`return (select(2, pcall(function() return (${name}.${fn}(${['"no such id"', ...rest].join(", ")})) end)))`);
        expect(message).toMatch(new RegExp(`bad argument #1 to '${fn}' \\(no ${handle.name} with id 'no such id'\\)`));
      }
    }
  });

  test("is in the reference, each function with its parameters", () => {
    const text = readFileSync("docs/bridges.md", "utf8");
    expect(text).toContain(`\n## ${name}\n`);
    for (const [fn, { params }] of functionsOf(bridge)) {
      expect(text).toContain(`### \`${name}.${fn}(${params.map((parameter) => parameter.name + (isOptional(parameter) ? "?" : "")).join(", ")})\``);
    }
  });
});
