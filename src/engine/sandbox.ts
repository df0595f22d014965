// Sandboxed states: a LuaState with the libraries, the host and the modules that a policy leaves it.
import { vmCompiler } from "../compiler/vm-compiler.js";
import { EmittingTier } from "../jit/tier.js";
import { installWarnings } from "../stdlib/warnings.js";
import { LuaThrow } from "../vm/fault.js";
import { type Host, plainHost } from "../vm/host.js";
import type { LibrarySpec } from "../vm/library.js";
import { SHARED } from "../vm/shared.js";
import { type Compiler, LuaState } from "../vm/state.js";
import { LuaTable } from "../vm/table.js";
import type { LuaValue } from "../vm/value.js";
import { type DeterminismOptions, Determinism } from "./deterministic-host.js";
import { imageOf } from "./image.js";
import type { ModuleRegistry } from "./modules.js";
import { type Policy, policies } from "./policy.js";
import { SandboxHost } from "./sandbox-host.js";

export interface SandboxOptions {
  /** `policies.restricted` unless given. */
  readonly policy?: Policy | undefined;
  /** What the policy's permissions are about: files, process, environment; and the clock and the output. */
  readonly host?: Host | undefined;
  /** Modules for `require`. */
  readonly modules?: ModuleRegistry | undefined;
  /** Libraries beside the standard ones, under no policy. Give the same list each time: states share what is made of it. */
  readonly libraries?: readonly LibrarySpec[] | undefined;
  /** See CreateOptions.jit in src/index.ts. */
  readonly jit?: "auto" | "off" | "always" | undefined;
  /** Makes everything that a script can see follow from these options and its input: the same output and count anywhere. */
  readonly deterministic?: DeterminismOptions | boolean | undefined;
}

/** The compiler of states that take no binary chunks, from the host neither. */
const textOnly: Compiler = {
  ...vmCompiler,
  undump() {
    throw new LuaThrow("attempt to load a binary chunk (mode is 't')", undefined, "permission");
  },
};

/** Tiers keep nothing of a state. */
const tiers = { auto: new EmittingTier("auto"), always: new EmittingTier("always"), off: null } as const;
/** The host of states that have none: output is dropped. */
export const NOWHERE = plainHost(() => {});

/** A fresh state under a policy. */
export function createSandboxedState(options: SandboxOptions = {}): LuaState {
  const { policy = policies.restricted, host = NOWHERE, jit = "auto", deterministic = false } = options;
  const inside = new SandboxHost(host, policy, options.modules);
  const state = new LuaState({ compiler: policy.loadModes.includes("b") ? vmCompiler : textOnly, host: inside });
  inside.state = state;
  if (deterministic !== false) inside.determinism = new Determinism(deterministic === true ? {} : deterministic, () => state.meter.used);
  state.tier = tiers[jit];
  state.loadModes = policy.loadModes;
  installWarnings(state);
  state.enter();
  try {
    imageOf(policy, options.libraries).open(state);
  } finally {
    state.leave();
  }
  return state;
}

/** Sets a global on the host's behalf, whatever the policy says about globals. `name` is a byte string. */
export function defineGlobal(state: LuaState, name: string, value: LuaValue): void {
  const { globals } = state;
  if (globals.isGuarded) globals.changeGuarded(() => globals.setStr(name, value));
  else globals.setStr(name, value);
}

/**
 * `table`, or the state's own copy of it if it is one that states share: read-only for scripts like that, and in its place among
 * the globals, in package.loaded and as the methods of strings. For hosts that add to a library in one state.
 */
export function ownTable(state: LuaState, table: LuaTable): LuaTable {
  if (table.mark !== SHARED) return table;
  const own = readOnlyCopy(table);
  for (const holder of [state.globals, state.loaded]) replaceValue(holder, table, own);
  if (state.stringMeta?.getStr("__index") === table) {
    state.stringMeta = readOnlyCopy(state.stringMeta);
    replaceValue(state.stringMeta, table, own);
  }
  return own;
}

function readOnlyCopy(table: LuaTable): LuaTable {
  const copy = new LuaTable();
  for (let at = table.seek(0); at >= 0; at = table.seek(at + 1)) copy.set(table.keyAt(at), table.valueAt(at));
  copy.setMetatable(table.metatable);
  copy.makeReadOnly(table.name);
  return copy;
}

/** Puts `value` in the fields of `holder` that hold `old`. */
function replaceValue(holder: LuaTable, old: LuaTable, value: LuaTable): void {
  const put = (): void => {
    for (let at = holder.seek(0); at >= 0; at = holder.seek(at + 1)) if (holder.valueAt(at) === old) holder.set(holder.keyAt(at), value);
  };
  if (holder.isGuarded) holder.changeGuarded(put);
  else put();
}
