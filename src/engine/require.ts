// `require` of sandboxed states. package.loaded and package.preload work as the manual says; after them come the modules of the
// host, then its sources. package.path and package.cpath are empty and nobody reads them; there are no package.searchers.
import { fromHostText } from "../base/bytes.js";
import { loadText } from "../stdlib/load-file.js";
import { Fault, LuaThrow } from "../vm/fault.js";
import type { Frame } from "../vm/frame.js";
import { NativeFunction } from "../vm/function.js";
import { LimitReached } from "../vm/limits.js";
import { index, setIndex } from "../vm/operations.js";
import { SHARED } from "../vm/shared.js";
import type { Signal } from "../vm/signal.js";
import { LuaTable } from "../vm/table.js";
import type { Thread } from "../vm/thread.js";
import { type LuaValue, isFunction, isTruthy, typeName } from "../vm/value.js";
import { type Sandbox, deny, named, sandboxOf } from "./guard.js";
import { type HostModule, type ModuleSource, type ModuleText, type NotFound, moduleNameProblem } from "./modules.js";
import { awaitTask } from "./lua-promise.js";
import { runtimeOf } from "./runtime.js";
import type { Task } from "./task.js";

/** Registry key of package.preload. */
export const PRELOAD = "_PRELOAD";
const ARROW = fromHostText(" → ");
/** Bytes of a name that messages show. */
const SHOWN = 80;

/** What a frame of `require` keeps while its module loads. */
class Loading {
  constructor(readonly name: string) {}
}

function require(f: Frame): LuaValue | Signal {
  const name = f.string(1);
  const { state } = f.L;
  const loaded = index(f.L, state.loaded, name);
  if (isTruthy(loaded)) return loaded;
  checkName(f, name);
  f.data = undefined; // of an earlier call, perhaps, that failed
  const chain = chainTo(f.L, name);
  if (chain !== undefined) f.error(`module '${name}' requires itself: ${chain.join(ARROW)}`, "module");
  const elsewhere = loaderOf(f, name);
  if (elsewhere !== undefined) return waitFor(f, name, elsewhere);
  const preload = state.registry.getStr(PRELOAD);
  const preloaded = preload instanceof LuaTable ? index(f.L, preload, name) : undefined;
  if (preloaded !== undefined) return run(f, name, preloaded, ":preload:");
  const sandbox = sandboxOf(state)!;
  const module = sandbox.modules?.hostModule(name);
  if (module !== undefined) return f.results(hostModule(f, sandbox, name, module), ":host:");
  return searchSources(f, name, [`no field package.preload['${name}']`, `no host module '${name}'`], (frame, text) => runText(frame, name, text));
}

/** Another task that stands still while it loads the module. */
function loaderOf(f: Frame, name: string): Task | undefined {
  const task = sandboxOf(f.L.state)!.loaderOf(name);
  return task !== undefined && task !== runtimeOf(f.L.state).current && isLoadedBy(task, name) ? task : undefined;
}

const isLoadedBy = (task: Task, name: string): boolean => !task.isOver && chainTo(task.run.innermost, name) !== undefined;

/** Waits for the other task to load the module, or to fail; then begins anew. */
function waitFor(f: Frame, name: string, task: Task): Signal {
  const signal = awaitTask(f, task, () => !isLoadedBy(task, name), `module '${name}'`, require);
  return signal ?? f.error(`module '${name}' cannot be loaded: the task that loads it waits for this one`, "module");
}

/** From here on other tasks wait for this one. */
function beginLoading(f: Frame, name: string): void {
  f.data = new Loading(name);
  const task = runtimeOf(f.L.state).current;
  if (task !== null) sandboxOf(f.L.state)!.beginLoading(name, task);
}

function runText(f: Frame, name: string, text: ModuleText): Signal {
  sandboxOf(f.L.state)!.texts.set(name, text.text);
  return run(f, name, compileModule(f, name, text), shownName(text));
}

/** A chunk's name as the second argument of its module says it. */
export const shownName = ({ chunkName }: ModuleText): string => chunkName.replace(/^[@=]/, "");

function checkName(f: Frame, name: string): void {
  const problem = moduleNameProblem(name);
  if (problem === undefined) return;
  const shown = (name.length > SHOWN ? `${name.slice(0, SHOWN)}...` : name).replaceAll("\0", "\\0");
  f.error(`invalid module name '${shown}': it ${problem}`, "module");
}

/** The names from `name` to the running `require`, when `name` is being loaded by one of its callers. */
function chainTo(L: Thread, name: string): string[] | undefined {
  const chain = [name];
  for (let thread: Thread | null = L; thread !== null; thread = thread.resumer) {
    for (let frame: Frame | null = thread.frame; frame !== null; frame = frame.prev) {
      if (frame.func !== REQUIRE || !(frame.data instanceof Loading)) continue;
      chain.unshift(frame.data.name);
      if (frame.data.name === name) return chain;
    }
  }
  return undefined;
}

// ---- modules of the host -------------------------------------------------------------------------------------------

function permit(f: Frame, sandbox: Sandbox, name: string, permission?: string): void {
  const { policy } = sandbox;
  if (policy.allowsModule(name, permission)) return;
  const why = permission === undefined ? "does not list it" : `does not grant '${permission}'`;
  deny(f.L.state, "module", name, `module '${name}' is not permitted (${named(policy)} ${why})`);
}

/** What `require` gives for a host module, without looking anywhere else. */
export function requireHostModule(f: Frame, name: string, module: HostModule): LuaValue {
  const loaded = index(f.L, f.L.state.loaded, name);
  return isTruthy(loaded) ? loaded : hostModule(f, sandboxOf(f.L.state)!, name, module);
}

/** The value of a host module, which is made once for all its names. */
function hostModule(f: Frame, sandbox: Sandbox, name: string, module: HostModule): LuaValue {
  permit(f, sandbox, name, module.permission);
  const { state } = f.L;
  const first = fromHostText(module.name);
  const known = name === first ? undefined : index(f.L, state.loaded, first);
  const value = isTruthy(known) ? known : hostCall(`error making module '${name}'`, () => module.load(runtimeOf(state))) ?? true;
  setIndex(f.L, state.loaded, first, value);
  if (name !== first) setIndex(f.L, state.loaded, name, value);
  return value;
}

// ---- sources -------------------------------------------------------------------------------------------------------

type Use = (f: Frame, text: ModuleText) => LuaValue | Signal;

/** Looks for `name` in every source, and hands what is found to `use`. `tried`: where it was looked for before. */
export function searchSources(f: Frame, name: string, tried: string[], use: Use): LuaValue | Signal {
  const sandbox = sandboxOf(f.L.state)!;
  permit(f, sandbox, name);
  beginLoading(f, name);
  return searchFrom(f, name, sandbox.modules?.allSources() ?? [], 0, tried, use);
}

function searchFrom(f: Frame, name: string, sources: readonly ModuleSource[], at: number, tried: string[], use: Use): LuaValue | Signal {
  for (let i = at; i < sources.length; i++) {
    const source = sources[i]!;
    const found = findIn(f, source, name);
    if ("then" in found) {
      return runtimeOf(f.L.state).wait(f, () => found, (frame, later) =>
        "text" in later ? use(frame, later) : searchFrom(frame, name, sources, i + 1, [...tried, ...places(source, later)], use));
    }
    if ("text" in found) return use(f, found);
    tried.push(...places(source, found));
  }
  return f.error(`module '${name}' not found:${tried.map((line) => `\n\t${line}`).join("")}`, "module");
}

function findIn(f: Frame, source: ModuleSource, name: string): ModuleText | NotFound | PromiseLike<ModuleText | NotFound> {
  return hostCall(`error finding module '${name}' in ${fromHostText(source.description)}`, () => source.find(name));
}

/** Calls code of the host; its exceptions become Lua errors that say what was going on. */
function hostCall<T>(doing: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof LuaThrow || error instanceof Fault || error instanceof LimitReached) throw error; // the VM's own
    throw new LuaThrow(`${doing}: ${fromHostText(error instanceof Error ? error.message : String(error))}`, error, "module");
  }
}

const places = (source: ModuleSource, { tried }: NotFound): string[] => tried.map((place) => `no '${place}' in ${fromHostText(source.description)}`);

/** The function of a module's text, if the policy takes such text. */
export function compileModule(f: Frame, name: string, { text, chunkName }: ModuleText): LuaValue {
  const { policy } = sandboxOf(f.L.state)!;
  const isBinary = text.startsWith("\x1b");
  if (isBinary && !policy.loadModes.includes("b")) {
    deny(f.L.state, "load", name, `permission denied: module '${name}' is a binary chunk (${named(policy)} takes text only)`);
  }
  try {
    return loadText(f.L.state, text, chunkName);
  } catch (error) {
    if (!(error instanceof LuaThrow)) throw error;
    return f.error(`error loading module '${name}':\n\t${String(error.value)}`, "module");
  }
}

/** Calls the module's loader with its name and `data`, and keeps what it gives. */
function run(f: Frame, name: string, loader: LuaValue, data: string): Signal {
  if (!isFunction(loader)) f.error(`package.preload['${name}'] is not a function but a ${typeName(loader)} value`, "module");
  beginLoading(f, name);
  return f.callThen(loader, [name, data], (frame, [value]) => {
    const { L } = frame;
    const { loaded } = L.state;
    frame.data = undefined;
    sandboxOf(L.state)!.endLoading(name);
    if (value !== undefined) setIndex(L, loaded, name, value);
    let result = index(L, loaded, name);
    if (result === undefined) setIndex(L, loaded, name, (result = true));
    return frame.results(result, data);
  });
}

/** `require`, the same function in every sandboxed state. */
export const REQUIRE = new NativeFunction("require", require);
REQUIRE.mark = SHARED;

/** The package.searchers entry for modules of the host, in states that have searchers. */
export const HOST_SEARCHER = new NativeFunction("package.searchers.host", (f) => {
  const name = f.string(1);
  const sandbox = sandboxOf(f.L.state);
  const module = sandbox?.modules?.hostModule(name);
  if (sandbox !== undefined && module !== undefined) {
    const value = hostModule(f, sandbox, name, module);
    const loader = new NativeFunction("host module", () => value);
    loader.captured = [value];
    return f.results(loader, ":host:");
  }
  for (const source of moduleNameProblem(name) === undefined ? sandbox?.modules?.allSources() ?? [] : []) {
    const found = findIn(f, source, name);
    if ("then" in found) f.error(`module '${name}' comes from ${fromHostText(source.description)}, which answers later: not supported with package.searchers`, "module");
    if ("text" in found) return f.results(compileModule(f, name, found), shownName(found));
  }
  return `no host module '${name}'`;
});
HOST_SEARCHER.mark = SHARED;
