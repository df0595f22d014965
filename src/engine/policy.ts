// Policies: what a sandboxed state may use and reach, as data. `policies` has the three levels; anything else is derived
// from one of them and validated, so that a misspelt permission is an error and never a silent grant or denial.
import { STANDARD_LIBRARIES } from "../stdlib/libraries.js";

/** A grant over things with names: everything, nothing, or what is listed. */
export type Grant = boolean | readonly string[];

/** What of a library is there: all, nothing, the functions listed, or all but those. */
export type LibraryGrant = boolean | readonly string[] | { readonly except: readonly string[] };

/** Libraries by the name a policy uses; "base" is what stands in the globals. */
export const LIBRARY_NAMES = ["base", "coroutine", "debug", "io", "math", "os", "package", "string", "table", "utf8"] as const;
export type LibraryName = (typeof LIBRARY_NAMES)[number];

/** What reaches out of the state. */
export interface Permissions {
  /** Files that may be read and written: all, none, or those under the listed roots (absolute paths; links are followed first). */
  readonly files: { readonly read: Grant; readonly write: Grant };
  /** The host's own standard streams: its input, and handles to its output with their buffers. print and io.write work without. */
  readonly streams: boolean;
  /** Running commands, and ending the process. */
  readonly process: boolean;
  /** Network hosts ("api.example.org", "*.example.org", "localhost:8080"). */
  readonly network: Grant;
  /** Environment variables by name. */
  readonly environment: Grant;
  /** Libraries in machine code. None can be loaded today; the permission decides which error says so. */
  readonly nativeModules: boolean;
  /** Bridges by name ("agent"). */
  readonly bridges: Grant;
}

/** A policy as plain data, as JSON can hold it. */
export interface PolicyData {
  /** What messages call it. */
  readonly name: string;
  readonly libraries: Readonly<Record<LibraryName, LibraryGrant>>;
  /** What is not granted: functions that raise "permission denied", or nothing at all (nil). */
  readonly denied: "error" | "absent";
  /** What scripts may do to globals: anything, no new ones, or nothing. */
  readonly globals: "allow" | "deny-new" | "read-only";
  /** Whether library tables and the metatable of strings can be changed. */
  readonly standardTables: "allow" | "read-only";
  /** "protected": getmetatable("") answers false, and debug cannot change metatables of the basic types. */
  readonly metatables: "allow" | "protected";
  /** Kinds of chunk that `load` and `require` take: "t" text, "b" binary, "" none. */
  readonly loadModes: "" | "t" | "b" | "bt";
  /** Where `require` looks: as C Lua does, with host modules in between; or only among the modules that the host gives. */
  readonly searchers: "standard" | "modules";
  /** Modules that the host gives and `require` may load, by name or pattern ("app.*"). */
  readonly modules: Grant;
  /** Whether bridges stand in the globals (`perilune.agent`) beside `require "perilune.agent"`. Which ones can be used is a matter of permissions. */
  readonly bridgeGlobals: boolean;
  readonly permissions: Permissions;
}

/** Changes to a policy: named fields replace the base's; `libraries`, `permissions` and `files` are merged field by field. */
export interface PolicyChanges extends Partial<Omit<PolicyData, "libraries" | "permissions">> {
  readonly libraries?: Partial<Record<LibraryName, LibraryGrant>>;
  readonly permissions?: Partial<Omit<Permissions, "files">> & { readonly files?: Partial<Permissions["files"]> };
}

/** A policy or permission that is not what it should be. `path` says where ("permissions.files.read"). */
export class PolicyError extends TypeError {
  override name = "PolicyError";
  constructor(readonly path: string, problem: string) {
    super(`policy: ${path} ${problem}`);
  }
}

/** What a script was refused. Becomes a Lua error with this message; the host finds it as the cause. */
export class PermissionDenied extends Error {
  override name = "PermissionDenied";
  readonly code = "permission";
  /** `permission`: "file.read", "process", "module", …; `subject`: the path, name or function that was asked for. */
  constructor(readonly permission: string, readonly subject: string, message: string) {
    super(message);
  }
}

/** A validated, immutable policy. */
export class Policy implements PolicyData {
  readonly name: string;
  readonly libraries: PolicyData["libraries"];
  readonly denied: PolicyData["denied"];
  readonly globals: PolicyData["globals"];
  readonly standardTables: PolicyData["standardTables"];
  readonly metatables: PolicyData["metatables"];
  readonly loadModes: PolicyData["loadModes"];
  readonly searchers: PolicyData["searchers"];
  readonly modules: Grant;
  readonly bridgeGlobals: boolean;
  readonly permissions: Permissions;

  private constructor(data: PolicyData) {
    this.name = data.name;
    this.libraries = data.libraries;
    this.denied = data.denied;
    this.globals = data.globals;
    this.standardTables = data.standardTables;
    this.metatables = data.metatables;
    this.loadModes = data.loadModes;
    this.searchers = data.searchers;
    this.modules = data.modules;
    this.bridgeGlobals = data.bridgeGlobals;
    this.permissions = data.permissions;
    Object.freeze(this);
  }

  /** The policy for `data`, complete or as changes to `base`. Throws {@link PolicyError} for anything that is not a policy. */
  static from(data: unknown, base?: Policy): Policy {
    checkPolicy(data, base === undefined);
    return new Policy(deepFreeze(merge(base, data as PolicyChanges)));
  }

  /** A policy with `changes`; its name is the base's with a "+" unless given. Throws {@link PolicyError}. */
  derive(changes: PolicyChanges): Policy {
    return Policy.from(isRecord(changes) ? { name: `${this.name}+`, ...changes } : changes, this);
  }

  /** The data of this policy; `Policy.from` takes it back. */
  toJSON(): PolicyData {
    const { name, libraries, denied, globals, standardTables, metatables, loadModes, searchers, modules, bridgeGlobals, permissions } = this;
    return { name, libraries, denied, globals, standardTables, metatables, loadModes, searchers, modules, bridgeGlobals, permissions };
  }

  /**
   * Whether `permission` is granted: "process", "streams", "nativeModules", "network" (for host `subject`), "environment" (for
   * variable `subject`), "bridge.NAME". Files are a matter of paths: see sandbox-files.ts.
   */
  allows(permission: string, subject?: string): boolean {
    const { permissions } = this;
    switch (permission) {
      case "process": return permissions.process;
      case "streams": return permissions.streams;
      case "nativeModules": return permissions.nativeModules;
      case "environment": return grants(permissions.environment, subject, (name, granted) => name === granted);
      case "network": return grants(permissions.network, subject, matchesHost);
      case "file.read": return permissions.files.read !== false;
      case "file.write": return permissions.files.write !== false;
      default: {
        const bridge = bridgeName(permission);
        if (bridge === undefined) throw new PolicyError(permission, "is not a permission");
        return grants(permissions.bridges, bridge, (name, granted) => name === bridgeName(granted));
      }
    }
  }

  /**
   * Whether `require` may load module `name`. A module behind a permission needs that, or an entry of the module list that
   * names it; any other must be in the list.
   */
  allowsModule(name: string, permission?: string): boolean {
    const listed = this.modules !== true && grants(this.modules, name, matchesModule);
    if (permission !== undefined) return listed || this.allows(permission);
    return this.modules === true || listed;
  }

  /** Whether function `name` of `library` is there. */
  allowsFunction(library: LibraryName, name: string): boolean {
    const grant = this.libraries[library];
    if (typeof grant === "boolean") return grant;
    return "except" in grant ? !grant.except.includes(name) : grant.includes(name);
  }
}

function grants(grant: Grant, subject: string | undefined, matches: (subject: string, granted: string) => boolean): boolean {
  if (typeof grant === "boolean") return grant;
  return subject === undefined ? grant.length > 0 : grant.some((granted) => matches(subject, granted));
}

/** "app.*" takes every module below "app"; anything else is a module's name. */
function matchesModule(name: string, pattern: string): boolean {
  return pattern.endsWith(".*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** `host` as "name" or "name:port"; an entry without a port takes every port. */
function matchesHost(host: string, entry: string): boolean {
  const wanted = host.toLowerCase();
  const granted = entry.toLowerCase();
  const name = granted.includes(":") ? wanted : wanted.replace(/:\d+$/, "");
  return granted.startsWith("*.") ? name.endsWith(granted.slice(1)) : name === granted;
}

/** "agent" for "bridge.agent", "agent_operations" and "agent". */
function bridgeName(permission: string): string | undefined {
  const match = /^(?:bridge\.)?([a-z][a-z0-9]*(?:_(?!operations$)[a-z0-9]+)*)(?:_operations)?$/.exec(permission);
  return match === null ? undefined : match[1];
}

// ---- validation ----------------------------------------------------------------------------------------------------

type Check = (value: unknown, path: string) => void;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

const flag: Check = (value, path) => {
  if (typeof value !== "boolean") throw new PolicyError(path, `must be true or false, got ${show(value)}`);
};

const text: Check = (value, path) => {
  if (typeof value !== "string" || value === "") throw new PolicyError(path, `must be a non-empty string, got ${show(value)}`);
};

const oneOf = (...words: readonly string[]): Check => (value, path) => {
  if (typeof value !== "string" || !words.includes(value)) throw new PolicyError(path, `must be one of ${words.map(show).join(", ")}, got ${show(value)}`);
};

function strings(value: unknown, path: string, item: Check): void {
  (value as unknown[]).forEach((entry, i) => {
    text(entry, `${path}[${i}]`);
    item(entry, `${path}[${i}]`);
  });
}

/** A {@link Grant} whose listed names pass `item`. */
const grant = (item: Check): Check => (value, path) => {
  if (typeof value === "boolean") return;
  if (!Array.isArray(value)) throw new PolicyError(path, `must be true, false or a list of strings, got ${show(value)}`);
  strings(value, path, item);
};

/** Functions of each library, so that a misspelt one is noticed. */
function functionsOf(library: LibraryName): string[] {
  const spec = STANDARD_LIBRARIES.find(({ name }) => name === (library === "base" ? "_G" : library))!;
  return [...Object.keys(spec.functions), ...(library === "package" ? ["require"] : [])];
}

const libraryGrant = (library: LibraryName): Check => {
  const isFunction: Check = (value, path) => {
    if (!functionsOf(library).includes(value as string)) throw new PolicyError(path, `must be a function of the ${library} library, got ${show(value)}`);
  };
  return (value, path) => {
    if (!isRecord(value)) return grant(isFunction)(value, path);
    record({ except: (list, at) => {
      if (!Array.isArray(list)) throw new PolicyError(at, `must be a list of strings, got ${show(list)}`);
      strings(list, at, isFunction);
    } })(value, path);
  };
};

/** An object with no other fields than those of `fields`; `partial`: not all have to be there. */
const record = (fields: Readonly<Record<string, Check>>, partial = false): Check => (value, path) => {
  if (!isRecord(value)) throw new PolicyError(path, `must be an object, got ${show(value)}`);
  for (const key of Object.keys(value)) {
    if (!Object.hasOwn(fields, key)) {
      throw new PolicyError(`${path === "it" ? "" : `${path}.`}${key}`, `is not known (known: ${Object.keys(fields).join(", ")})`);
    }
  }
  for (const key of Object.keys(fields)) {
    const at = path === "it" ? key : `${path}.${key}`;
    if (Object.hasOwn(value, key)) fields[key]!(value[key], at);
    else if (!partial) throw new PolicyError(at, "is missing");
  }
};

const root: Check = (value, path) => {
  const name = value as string;
  const isAbsolute = name.startsWith("/") || /^[A-Za-z]:[\\/]/.test(name);
  if (!isAbsolute || name.includes("\0")) throw new PolicyError(path, `must be an absolute path, got ${show(value)}`);
};

const modulePattern: Check = (value, path) => {
  if (!/^[^.*\s]+(?:\.[^.*\s]+)*(?:\.\*)?$/.test(value as string)) throw new PolicyError(path, `must be a module name or end in ".*", got ${show(value)}`);
};

const hostPattern: Check = (value, path) => {
  if (!/^(?:\*\.)?[^\s/*:]+(?::\d+)?$/.test(value as string)) throw new PolicyError(path, `must be a host name, without scheme or path, got ${show(value)}`);
};

const bridge: Check = (value, path) => {
  if (bridgeName(value as string) === undefined) throw new PolicyError(path, `must be a bridge's name, got ${show(value)}`);
};

function checkPolicy(data: unknown, complete: boolean): void {
  const partial = !complete;
  record({
    name: text,
    libraries: record(Object.fromEntries(LIBRARY_NAMES.map((name) => [name, libraryGrant(name)])), partial),
    denied: oneOf("error", "absent"),
    globals: oneOf("allow", "deny-new", "read-only"),
    standardTables: oneOf("allow", "read-only"),
    metatables: oneOf("allow", "protected"),
    loadModes: oneOf("", "t", "b", "bt"),
    searchers: oneOf("standard", "modules"),
    modules: grant(modulePattern),
    bridgeGlobals: flag,
    permissions: record({
      files: record({ read: grant(root), write: grant(root) }, partial),
      streams: flag, process: flag, network: grant(hostPattern), environment: grant(text), nativeModules: flag, bridges: grant(bridge),
    }, partial),
  }, partial)(data, "it");
}

function merge(base: Policy | undefined, changes: PolicyChanges): PolicyData {
  const data = { ...base?.toJSON(), ...changes } as PolicyData;
  const permissions = { ...base?.permissions, ...changes.permissions } as Permissions;
  return structuredClone({
    ...data,
    libraries: { ...base?.libraries, ...changes.libraries } as PolicyData["libraries"],
    permissions: { ...permissions, files: { ...base?.permissions.files, ...changes.permissions?.files } as Permissions["files"] },
  });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}

// ---- the three levels ----------------------------------------------------------------------------------------------

const NO_PERMISSIONS: Permissions = {
  files: { read: false, write: false }, streams: false, process: false, network: false, environment: false, nativeModules: false, bridges: false,
};

/** No sandbox: the whole library, everything the host has. For code that is trusted as the host's own. */
const none = Policy.from({
  name: "none",
  libraries: {
    base: true, coroutine: true, debug: true, io: true, math: true, os: true, package: true, string: true, table: true, utf8: true,
  },
  denied: "error",
  globals: "allow",
  standardTables: "allow",
  metatables: "allow",
  loadModes: "bt",
  searchers: "standard",
  modules: true,
  bridgeGlobals: false,
  permissions: {
    files: { read: true, write: true }, streams: true, process: true, network: true, environment: true, nativeModules: true, bridges: true,
  },
} satisfies PolicyData);

/**
 * Untrusted code that computes, prints and uses the modules it is given. Standard tables are read-only, chunks are text, and
 * nothing of the machine is reached until a permission says so.
 */
const restricted = Policy.from({
  name: "restricted",
  libraries: { debug: false, string: { except: ["dump"] } },
  standardTables: "read-only",
  metatables: "protected",
  loadModes: "t",
  searchers: "modules",
  permissions: NO_PERMISSIONS,
} satisfies PolicyChanges, none);

/** Pure computing: no new code, no clock, no modules, no globals of its own. */
const strict = Policy.from({
  name: "strict",
  libraries: { base: { except: ["collectgarbage", "dofile", "loadfile", "warn"] }, io: false, os: ["difftime"] },
  globals: "read-only",
  loadModes: "",
  modules: false,
} satisfies PolicyChanges, restricted);

/** The three levels. */
export const policies = { none, restricted, strict } as const;
