// Sandboxed states: a LuaState with the libraries, the host and the modules that a policy leaves it.
import { vmCompiler } from "../compiler/vm-compiler.js";
import { EmittingTier } from "../jit/tier.js";
import { STANDARD_LIBRARIES } from "../stdlib/libraries.js";
import { LuaThrow } from "../vm/fault.js";
import type { NativeImplementation } from "../vm/function.js";
import { type Host, plainHost } from "../vm/host.js";
import { type LibrarySpec, openLibrary } from "../vm/library.js";
import { type Compiler, LuaState } from "../vm/state.js";
import { LuaTable } from "../vm/table.js";
import { confine, deny } from "./guard.js";
import type { ModuleRegistry } from "./modules.js";
import { type LibraryName, type Policy, policies } from "./policy.js";
import { PRELOAD, REQUIRE } from "./require.js";
import { SandboxHost } from "./sandbox-host.js";

export interface SandboxOptions {
  /** `policies.restricted` unless given. */
  readonly policy?: Policy;
  /** What the policy's permissions are about: files, process, environment; and the clock and the output. */
  readonly host?: Host;
  /** Modules for `require`. */
  readonly modules?: ModuleRegistry;
  /** See CreateOptions.jit in src/index.ts. */
  readonly jit?: "auto" | "off" | "always";
}

// ---- libraries -----------------------------------------------------------------------------------------------------

const policyName = (spec: LibrarySpec): LibraryName => (spec.name === "_G" ? "base" : (spec.name as LibraryName));

/** A function that is not granted. */
function refusal(policy: Policy, qualified: string): NativeImplementation {
  return (f) => deny(f.L.state, "function", qualified, `permission denied: '${qualified}' is not allowed by policy '${policy.name}'`);
}

/** Functions that need a load mode to be of any use. */
const LOADERS = ["dofile", "load", "loadfile"];

function isGranted(policy: Policy, library: LibraryName, name: string): boolean {
  if (library === "base" && policy.loadModes === "" && LOADERS.includes(name)) return false;
  if (library === "package" && policy.searchers !== "standard") return false;
  return policy.allowsFunction(library, name);
}

/** `spec` as the policy leaves it; undefined when nothing of it is left. */
function underPolicy(policy: Policy, spec: LibrarySpec): LibrarySpec | undefined {
  const library = policyName(spec);
  if (policy.libraries[library] === false && policy.denied === "absent") return undefined;
  const functions: Record<string, NativeImplementation> = {};
  for (const [name, run] of Object.entries(spec.functions)) {
    if (isGranted(policy, library, name)) functions[name] = run;
    else if (policy.denied === "error") functions[name] = refusal(policy, library === "base" ? name : `${library}.${name}`);
  }
  const { setup } = spec;
  return { name: spec.name, functions, ...(spec.values === undefined ? {} : { values: spec.values }), ...(setup === undefined ? {} : { setup }) };
}

function setupPackage(state: LuaState, table: LuaTable): void {
  const preload = new LuaTable();
  state.registry.setStr(PRELOAD, preload);
  table.setStr("path", "");
  table.setStr("cpath", "");
  table.setStr("loaded", state.loaded);
  table.setStr("preload", preload);
  state.globals.setStr("require", REQUIRE);
}

/** The compiler of states that take no binary chunks. */
const textOnly: Compiler = {
  ...vmCompiler,
  undump() {
    throw new LuaThrow("attempt to load a binary chunk (mode is 't')", undefined, "permission");
  },
};

/** A fresh state under a policy. */
export function createSandboxedState(options: SandboxOptions = {}): LuaState {
  const { policy = policies.restricted, host = plainHost(() => {}), jit = "auto" } = options;
  const inside = new SandboxHost(host, policy);
  const state = new LuaState({ compiler: policy.loadModes.includes("b") ? vmCompiler : textOnly, host: inside });
  inside.state = state;
  if (jit !== "off") state.tier = new EmittingTier(jit);
  confine(state, { policy, modules: options.modules });
  state.enter();
  try {
    for (const spec of STANDARD_LIBRARIES) {
      const left = underPolicy(policy, spec.name === "package" && policy.searchers !== "standard" ? { ...spec, setup: setupPackage } : spec);
      if (left !== undefined) openLibrary(state, left);
    }
  } finally {
    state.leave();
  }
  return state;
}
