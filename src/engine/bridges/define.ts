// What a bridge is: data. Functions with typed parameters and words, constants, handles, events, the capability that a policy
// grants. Everything else follows from it: argument checks, error messages, permissions, metering, hooks, statistics, the
// reference in docs/bridges.md and the stubs for editors.
import type { LuaValue } from "../../vm/value.js";
import { ScriptError } from "../errors.js";
import type { ParameterClass, ParameterType } from "../parameters.js";
import type { Runtime } from "../runtime.js";
import type { BridgeCall, BridgeContext } from "./context.js";
import type { OptionsType } from "./options.js";

/** A kind of handle, whatever it holds (handles.ts). */
export interface HandleKind extends ParameterClass {
  readonly doc: string;
  /** Properties of its objects in words, `id` included. */
  readonly documented: Readonly<Record<string, BridgeResult>>;
  /** The object that `value` is or whose id it is; undefined when it is none. */
  read(runtime: Runtime, value: LuaValue): object | undefined;
  /** Methods of its own, beside the functions of its bridge. */
  readonly ownMethods: Readonly<Record<string, BridgeFunction>>;
  /** Makes functions of its bridge its methods, once. */
  bind(bridge: string, functions: Readonly<Record<string, BridgeFunction>>): void;
}

/** What an argument may be: a type of host functions, a handle of a bridge, or a table with known fields. */
export type BridgeParameterType = ParameterType | HandleKind | OptionsType;

export interface BridgeParameter {
  readonly name: string;
  readonly type: BridgeParameterType;
  readonly doc: string;
  /** nil or nothing is accepted: the function gets `default`, or undefined. */
  readonly optional?: boolean;
  readonly default?: unknown;
  /** The last parameter only: takes all further arguments. */
  readonly variadic?: boolean;
  /** For "string": the strings that are accepted. */
  readonly oneOf?: readonly string[];
}

/** A result in words. `type` is a Lua type as editors know them: "string", "string[]", "Agent", "AgentResult?", … */
export interface BridgeResult {
  readonly name?: string;
  readonly type: string;
  readonly doc: string;
}

export interface BridgeFunction {
  /** What it does, in a sentence or a few. */
  readonly doc: string;
  readonly params: readonly BridgeParameter[];
  readonly returns?: readonly BridgeResult[];
  /** Units of the meter that each call costs; 10 unless given. Work in proportion to its input is charged by `run`. */
  readonly cost?: number;
  /** The call may wait: it suspends the calling script and lets others go on. */
  readonly waits?: boolean;
  /** Hooks see the call unless this is false. */
  readonly hooked?: boolean;
  /** A few lines of Lua. */
  readonly example?: string;
  /** Gets the converted arguments. What it returns crosses in the plain view; BridgeFailure becomes an error table. */
  readonly run: (call: BridgeCall, ...args: never[]) => unknown;
}

/** A table that functions take or give, for the reference and for editors. */
export interface BridgeType {
  readonly doc: string;
  readonly fields: Readonly<Record<string, BridgeResult>>;
}

export interface BridgeSpec {
  /** "agent": the module is "perilune.agent". */
  readonly name: string;
  readonly doc: string;
  /** Permission that a policy must grant; "bridge.NAME" unless given. */
  readonly capability?: string;
  readonly functions: Readonly<Record<string, BridgeFunction>>;
  /** Tables of names: `{ State: { IDLE: "idle" } }`, or single values. */
  readonly constants?: Readonly<Record<string, BridgeConstant>>;
  /** Kinds of objects that its functions make; functions whose first parameter is one are its methods as well. */
  readonly handles?: readonly HandleKind[];
  /** Events that it emits, with what their data hold. */
  readonly events?: Readonly<Record<string, string>>;
  /** Tables that occur in its documentation. */
  readonly types?: Readonly<Record<string, BridgeType>>;
  /** Longer explanations for the reference, in Markdown. */
  readonly notes?: string;
  /** Runs once for each script state that opens the bridge, before its first function. */
  readonly open?: (context: BridgeContext) => void;
}

export type BridgeConstant = string | number | boolean | Readonly<Record<string, string | number>>;

/** A bridge ready to be opened in any number of contexts. */
export class Bridge {
  readonly name: string;
  readonly capability: string;
  /** @internal Its functions with their names. */
  readonly functions: readonly MethodSource[];

  /** @internal Use {@link defineBridge}. */
  constructor(readonly spec: BridgeSpec) {
    this.name = spec.name;
    this.capability = spec.capability ?? `bridge.${spec.name}`;
    this.functions = Object.entries(spec.functions).map(([name, fn]) => ({ bridge: spec.name, name, fn }));
  }

  /** Names of the module: "perilune.agent" and "zigllms.agent". */
  get moduleNames(): readonly [string, string] {
    return [`perilune.${this.name}`, `zigllms.${this.name}`];
  }
}

/** Bridges of the handles that were defined: a handle belongs to one. */
const owners = new WeakMap<HandleKind, string>();

/**
 * Checks a bridge's description and makes it usable. Throws ScriptError "internal" for one that contradicts itself: functions
 * without words, a handle that belongs to another bridge.
 */
export function defineBridge(spec: BridgeSpec): Bridge {
  const wrong = (what: string): never => {
    throw new ScriptError("internal", `bridge '${spec.name}': ${what}`);
  };
  if (!/^[a-z][a-z0-9_]*$/.test(spec.name)) wrong("a name is lower-case letters, digits and '_'");
  for (const [name, { doc, params }] of Object.entries(spec.functions)) {
    if (doc.trim() === "") wrong(`function '${name}' has no words`);
    for (const parameter of params) if (parameter.doc.trim() === "") wrong(`parameter '${parameter.name}' of '${name}' has no words`);
  }
  for (const handle of spec.handles ?? []) {
    if (owners.has(handle)) wrong(`handle '${handle.name}' belongs to the bridge '${owners.get(handle)!}'`);
    owners.set(handle, spec.name);
    handle.bind(spec.name, methodsOf(spec, handle));
  }
  return new Bridge(spec);
}

/** The functions of a bridge that take the handle first: its methods. */
export function methodsOf(spec: BridgeSpec, handle: HandleKind): Record<string, BridgeFunction> {
  return Object.fromEntries(Object.entries(spec.functions).filter(([, { params }]) => params[0]?.type === handle));
}

/** Where a method of a handle comes from. */
export interface MethodSource {
  readonly bridge: string;
  readonly name: string;
  readonly fn: BridgeFunction;
}
