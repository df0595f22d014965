// `require` of sandboxed states, and the little of the package library that goes with it.
import { fromHostText } from "../base/bytes.js";
import { loadText } from "../stdlib/load-file.js";
import { LuaThrow } from "../vm/fault.js";
import type { Frame } from "../vm/frame.js";
import { NativeFunction } from "../vm/function.js";
import { index, setIndex } from "../vm/operations.js";
import type { Signal } from "../vm/signal.js";
import { LuaTable } from "../vm/table.js";
import type { Thread } from "../vm/thread.js";
import { type LuaValue, isFunction, isTruthy } from "../vm/value.js";
import { type Sandbox, deny, sandboxOf } from "./guard.js";
import { type HostModule, type ModuleText, moduleNameProblem } from "./modules.js";

/** Registry key of package.preload. */
export const PRELOAD = "_PRELOAD";
const ARROW = fromHostText(" → ");

/** What a frame of `require` keeps while its module loads. */
interface Loading {
  readonly name: string;
}

function require(f: Frame): LuaValue | Signal {
  const name = f.string(1);
  const { state } = f.L;
  const loaded = index(f.L, state.loaded, name);
  if (isTruthy(loaded)) return loaded;
  const sandbox = sandboxOf(state)!;
  const problem = moduleNameProblem(name);
  if (problem !== undefined) f.error(`invalid module name '${name.slice(0, 60).replaceAll("\0", "\\0")}': it ${problem}`, "module");
  const chain = chainTo(f.L, name);
  if (chain !== undefined) f.error(`module '${name}' requires itself: ${chain.join(ARROW)}`, "module");
  const preload = preloaded(f, name);
  if (preload !== undefined) return run(f, name, preload, ":preload:");
  const module = sandbox.modules?.hostModule(name);
  if (module !== undefined) return loadHostModule(f, sandbox, name, module);
  if (!sandbox.policy.allowsModule(name)) deny(state, "module", name, notPermitted(sandbox, name));
  return loadSource(f, sandbox, name);
}

const notPermitted = (sandbox: Sandbox, name: string, permission?: string): string =>
  `module '${name}' is not permitted (policy '${sandbox.policy.name}' ${permission === undefined ? "does not list it" : `does not grant '${permission}'`})`;

/** The names from `name` to the running `require`, when `name` is being loaded by one of its callers. */
function chainTo(L: Thread, name: string): string[] | undefined {
  const chain = [name];
  for (let thread: Thread | null = L; thread !== null; thread = thread.resumer) {
    for (let frame: Frame | null = thread.frame; frame !== null; frame = frame.prev) {
      if (frame.func !== REQUIRE || frame.data === undefined) continue;
      const loading = (frame.data as Loading).name;
      chain.unshift(loading);
      if (loading === name) return chain;
    }
  }
  return undefined;
}

function preloaded(f: Frame, name: string): LuaValue {
  const preload = f.L.state.registry.getStr(PRELOAD);
  return preload instanceof LuaTable ? index(f.L, preload, name) : undefined;
}

function loadHostModule(f: Frame, sandbox: Sandbox, name: string, module: HostModule): LuaValue | Signal {
  const { state } = f.L;
  if (!sandbox.policy.allowsModule(name, module.permission)) deny(state, "module", name, notPermitted(sandbox, name, module.permission));
  const known = name === module.name ? undefined : index(f.L, state.loaded, module.name);
  f.data = { name } satisfies Loading;
  const value = isTruthy(known) ? known : module.load(state) ?? true;
  f.data = undefined;
  setIndex(f.L, state.loaded, module.name, value);
  if (name !== module.name) setIndex(f.L, state.loaded, name, value);
  return f.results(value, ":host:");
}

function loadSource(f: Frame, sandbox: Sandbox, name: string): Signal {
  const tried: string[] = [`no field package.preload['${name}']`, `no host module '${name}'`];
  for (const source of sandbox.modules?.allSources() ?? []) {
    const found = source.find(name);
    if ("text" in found) return run(f, name, compile(f, sandbox, name, found), found.chunkName.replace(/^[@=]/, ""));
    for (const place of found.tried) tried.push(`no '${place}' in ${source.description}`);
  }
  return f.error(`module '${name}' not found:${tried.map((line) => `\n\t${line}`).join("")}`, "module");
}

function compile(f: Frame, sandbox: Sandbox, name: string, { text, chunkName }: ModuleText): LuaValue {
  const modes = sandbox.policy.loadModes;
  if (text.startsWith("\x1b") && !modes.includes("b")) deny(f.L.state, "load", name, `module '${name}' is a binary chunk, and policy '${sandbox.policy.name}' takes text only`);
  try {
    return loadText(f.L.state, text, chunkName);
  } catch (error) {
    if (!(error instanceof LuaThrow)) throw error;
    return f.error(`error loading module '${name}':\n\t${String(error.value)}`, "module");
  }
}

/** Calls the module's loader with its name and `data`, and keeps what it gives. */
function run(f: Frame, name: string, loader: LuaValue, data: string): Signal {
  if (!isFunction(loader)) f.error(`package.preload['${name}'] is not a function`, "module");
  f.data = { name } satisfies Loading;
  return f.callThen(loader, [name, data], (frame, [value]) => {
    const { L } = frame;
    const { loaded } = L.state;
    frame.data = undefined;
    if (value !== undefined) setIndex(L, loaded, name, value);
    let result = index(L, loaded, name);
    if (result === undefined) setIndex(L, loaded, name, (result = true));
    return frame.results(result, data);
  });
}

/** `require`, the same function in every sandboxed state. */
export const REQUIRE = new NativeFunction("require", require);
