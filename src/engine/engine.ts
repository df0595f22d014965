// What every scripting engine offers, whatever its language: the contract of the registry. Nothing here knows Lua.
/// <reference lib="esnext.disposable" preserve="true" />
import type { ScriptError } from "./errors.js";
import type { LimitSettings, Remaining } from "./limits.js";
import type { ContextStatistics } from "./statistics.js";

/** What an engine can do beside running scripts. */
export interface EngineFeatures {
  /** Scripts may wait for promises of the host. */
  readonly async: boolean;
  readonly coroutines: boolean;
  readonly debugging: boolean;
  readonly profiling: boolean;
  /** Policies and limits hold. */
  readonly sandboxing: boolean;
  /** Loaded modules can be replaced while the context lives. */
  readonly hotReload: boolean;
}

/** An engine's description: what the registry knows before the engine exists. */
export interface EngineInfo {
  /** Name to look the engine up by, in lower case: "lua". */
  readonly name: string;
  /** Version of the engine, "major.minor.patch". */
  readonly version: string;
  /** What it runs: "Lua 5.4". */
  readonly language: string;
  /** File name extensions with their dot, in lower case: ".lua". */
  readonly extensions: readonly string[];
  readonly features: EngineFeatures;
}

/** Source text, or bytes: text in UTF-8 or a compiled chunk. */
export type Source = string | Uint8Array;

/** What a context may be told when it is made. Engines may know more options. */
export interface ContextOptions {
  /** For messages and lists. */
  readonly name?: string;
  /** Hard limits for the context's whole life. */
  readonly limits?: LimitSettings;
  /** Where the script's output goes; dropped unless given. Text. */
  readonly output?: (text: string) => void;
  /** Where warnings and the like go; `output` unless given. */
  readonly errorOutput?: (text: string) => void;
  /** Global variables to begin with. */
  readonly globals?: Readonly<Record<string, unknown>>;
  /** Ends the context for good when it is aborted: state "terminated". */
  readonly signal?: AbortSignal;
}

/** How one script or call runs. */
export interface RunOptions {
  /** Limits of this run alone; those of the context hold beside them. */
  readonly limits?: LimitSettings;
  /** Cancels this run and what it waits for. */
  readonly signal?: AbortSignal;
  /** All results as an array; else the first one. */
  readonly all?: boolean;
  /** "plain" (unless given): everyday JavaScript values. "tagged": a {@link ScriptValue}, which loses nothing. */
  readonly view?: "plain" | "tagged";
}

/** How source becomes a script. */
export interface LoadOptions {
  /** The name that messages show. */
  readonly chunkName?: string;
}

export interface ExecuteOptions extends RunOptions, LoadOptions {
  /** Arguments of the script (in Lua: `...`). */
  readonly args?: readonly unknown[];
}

/** A script that was compiled in a context. Keeps nothing alive once it is disposed. */
export interface Script extends Disposable {
  readonly name: string;
  dispose(): void;
}

/** A function of a script, held by the host. */
export interface ScriptFunction extends Disposable {
  dispose(): void;
}

/** What a module of the host is made of: a plain object, or a function that makes it when the module is first imported. */
export type HostModule = Readonly<Record<string, unknown>> | (() => Readonly<Record<string, unknown>>);

/**
 * ready: nothing runs. executing: a script runs. suspended: scripts wait for the host. error: nothing runs and the last run
 * failed; the context can be used as when ready. terminated: disposed, or cancelled for good.
 */
export type ContextState = "ready" | "executing" | "suspended" | "error" | "terminated";

/**
 * A world of its own for scripts: globals persist between runs and never reach another context. Everything here throws, or
 * rejects with, {@link ScriptError} and nothing else.
 */
export interface ScriptContext extends Disposable {
  readonly engine: ScriptingEngine;
  readonly name: string;
  readonly state: ContextState;
  /** The error of the last run that failed, or undefined. */
  readonly lastError: ScriptError | undefined;
  /** What the context has used up to now. */
  readonly statistics: ContextStatistics;
  /** Live memory in bytes, by the engine's documented sizes. */
  readonly memoryUse: number;

  /** Compiles without running. */
  load(source: Source, options?: LoadOptions): Script;
  /** {@link load} of a file; needs a policy that lets the host read it. */
  loadFile(path: string): Script;
  /** Runs a script and waits for it, promises of the host included. */
  execute(source: Source | Script, options?: ExecuteOptions): Promise<unknown>;
  /** Runs a script to its end at once; an error with code "runtime" when it would have to wait. */
  executeSync(source: Source | Script, options?: ExecuteOptions): unknown;
  /** Calls a function: a global's name, a path ("app.handlers.get"), or a function the host holds. */
  call(target: string | ScriptFunction, args?: readonly unknown[], options?: RunOptions): Promise<unknown>;
  callSync(target: string | ScriptFunction, args?: readonly unknown[], options?: RunOptions): unknown;
  /** A global variable, or a field on a path ("config.limits.size"); undefined when there is none. */
  getGlobal(path: string, options?: Pick<RunOptions, "view">): unknown;
  /** Sets a global variable or a field on a path, whose tables must exist. */
  setGlobal(path: string, value: unknown): void;
  /** Makes a module of the host importable by scripts of this context. */
  registerModule(name: string, module: HostModule): void;
  /** Imports a module as a script would. */
  importModule(name: string): Promise<unknown>;
  /** Collects garbage in full; answers the live bytes. */
  collect(): number;
  /** What is left of each limit. */
  remaining(): Remaining;
  /** Where the context is: the stack of what runs or waits, or of the last error. Empty when there is neither. */
  stackTrace(): string;
  /** Cancels everything that runs or waits; the context can be used again. */
  cancel(reason?: string): void;
  /** Ends everything that runs or waits, and gives the context's memory back. Can be called twice. */
  dispose(): void;
}

/** A scripting engine: makes contexts. */
export interface ScriptingEngine extends Disposable {
  readonly info: EngineInfo;
  /** Contexts that are not disposed. */
  readonly contexts: number;
  createContext(options?: ContextOptions): ScriptContext;
  /** Disposes every context of the engine. No context can be made afterwards. */
  dispose(): void;
}
