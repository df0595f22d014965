// Stable names for what a state cannot be written out without: functions of the library and of the host, tables of the library,
// handles of bridges. With them a reader elsewhere finds, for each name in a written state, the object that it has itself.
//
//   string.rep, package.loaded, io.stdout    the library's, by where they stand in a fresh state; "_G" and "registry" are its roots
//   string:metatable                         a metatable; f:1 is the first value that the library function f keeps
//   host:NAME                                a host function defined under that name (HostFunctionSpec)
//   global:PATH, module:NAME, module:NAME.F  what the host has put there
//   anything else                            what was registered by hand, as handles of bridges are
import { toHostText } from "../base/bytes.js";
import { NativeFunction } from "../vm/function.js";
import type { LibrarySpec } from "../vm/library.js";
import { SHARED } from "../vm/shared.js";
import type { LuaState } from "../vm/state.js";
import { LuaTable } from "../vm/table.js";
import { Thread } from "../vm/thread.js";
import { Userdata } from "../vm/userdata.js";
import type { LuaValue } from "../vm/value.js";
import { ScriptError } from "./errors.js";
import { sandboxOf } from "./guard.js";
import type { Policy } from "./policy.js";
import type { Runtime } from "./runtime.js";
import { createSandboxedState } from "./sandbox.js";

/** Lua values that can have a name. */
export type Nameable = LuaTable | NativeFunction | Userdata | Thread;

function isNameable(value: LuaValue): value is Nameable {
  return value instanceof LuaTable || value instanceof NativeFunction || value instanceof Userdata || value instanceof Thread;
}

// ---- the library's names ---------------------------------------------------------------------------------------------

/** From one object to the next. */
type Step = { readonly field: LuaValue } | { readonly metatable: true } | { readonly inside: number };

/** Where something stands in a fresh state: a root and the way from there. */
interface Place {
  readonly name: string;
  readonly object: Nameable;
  readonly root: number;
  readonly way: readonly Step[];
}

function rootsOf(state: LuaState): readonly (readonly [string, Nameable | null])[] {
  return [["_G", state.globals], ["registry", state.registry], ["string:metatable", state.stringMeta], ["main thread", state.mainThread]];
}

function follow(object: LuaValue, step: Step): LuaValue {
  if ("field" in step) return object instanceof LuaTable ? object.get(step.field) : undefined;
  if ("metatable" in step) return object instanceof LuaTable || object instanceof Userdata ? object.metatable ?? undefined : undefined;
  if (object instanceof NativeFunction) return object.captured?.[step.inside];
  return object instanceof Userdata ? object.userValues[step.inside] : undefined;
}

/** Everything that can be named in a fresh state, each under its shortest name. */
function* walk(state: LuaState): Iterable<Place> {
  const seen = new Set<Nameable>();
  const queue: Place[] = [];
  const found = (name: string, value: LuaValue, root: number, way: readonly Step[]): void => {
    if (!isNameable(value) || seen.has(value)) return;
    seen.add(value);
    queue.push({ name, object: value, root, way });
  };
  rootsOf(state).forEach(([name, object], root) => {
    if (object !== null) found(name, object, root, []);
  });
  for (const place of queue) {
    yield place;
    const { object, root, way } = place;
    const prefix = object === state.globals ? "" : `${place.name}.`;
    if (object instanceof LuaTable) {
      for (let at = object.seek(0); at >= 0; at = object.seek(at + 1)) {
        const key = object.keyAt(at);
        if (typeof key === "string" || typeof key === "number") found(prefix + toHostText(String(key)), object.valueAt(at), root, [...way, { field: key }]);
      }
    }
    const metatable = follow(object, { metatable: true });
    found(`${place.name}:metatable`, metatable, root, [...way, { metatable: true }]);
    const inside = object instanceof NativeFunction ? object.captured ?? [] : object instanceof Userdata ? object.userValues : [];
    inside.forEach((value, i) => found(`${place.name}:${i + 1}`, value, root, [...way, { inside: i }]));
  }
}

/** The names of one policy's library: of what its states share, and of what each has of its own. */
class LibraryNames {
  readonly byName = new Map<string, Nameable>();
  readonly byObject = new Map<Nameable, string>();
  readonly own: Place[] = [];

  constructor(policy: Policy, libraries: readonly LibrarySpec[]) {
    for (const place of walk(createSandboxedState({ policy, libraries }))) {
      if (place.object.mark !== SHARED) this.own.push({ ...place, object: place.object });
      else {
        this.byName.set(place.name, place.object);
        this.byObject.set(place.object, place.name);
      }
    }
  }
}

const NO_LIBRARIES: readonly LibrarySpec[] = [];
const known = new WeakMap<readonly LibrarySpec[], WeakMap<Policy, LibraryNames>>();

function libraryNames(policy: Policy, libraries: readonly LibrarySpec[]): LibraryNames {
  let byPolicy = known.get(libraries);
  if (byPolicy === undefined) known.set(libraries, (byPolicy = new WeakMap()));
  let names = byPolicy.get(policy);
  if (names === undefined) byPolicy.set(policy, (names = new LibraryNames(policy, libraries)));
  return names;
}

// ---- the names of one state ------------------------------------------------------------------------------------------

/** Names and objects of one state, both ways. */
export class Names {
  /** What was put here; undefined while that is nothing. */
  private byName: Map<string, Nameable> | undefined;
  private byObject: Map<Nameable, string> | undefined;
  /** Functions of the host that wait for their names: most states are never asked for them. */
  private hostFunctions: NativeFunction[] = [];
  private own: readonly (Nameable | undefined)[] | null;
  private readonly library: LibraryNames | null;

  /** For a state that no script has touched yet: it is where the library's own objects are looked up. */
  constructor(state: LuaState, libraries: readonly LibrarySpec[] = NO_LIBRARIES) {
    const policy = sandboxOf(state)?.policy;
    this.library = policy === undefined ? null : libraryNames(policy, libraries);
    const roots = rootsOf(state);
    this.own = this.library?.own.map(({ root, way }) => {
      let value: LuaValue = roots[root]![1] ?? undefined;
      for (const step of way) value = follow(value, step);
      return isNameable(value) ? value : undefined;
    }) ?? null;
    if (this.library === null) for (const { name, object } of walk(state)) this.put(name, object);
  }

  /** Names of everything that has one, in no particular order. */
  *[Symbol.iterator](): Iterator<readonly [string, Nameable]> {
    this.settle();
    if (this.library !== null) yield* this.library.byName;
    if (this.byName !== undefined) yield* this.byName;
  }

  nameOf(object: Nameable): string | undefined {
    this.settle();
    return this.byObject?.get(object) ?? this.library?.byObject.get(object);
  }

  objectOf(name: string): Nameable | undefined {
    this.settle();
    return this.byName?.get(name) ?? this.library?.byName.get(name);
  }

  /**
   * Gives `object` its name.
   * @throws ScriptError "internal" when another object has that name, or this one another name
   */
  register(name: string, object: Nameable): void {
    const holder = this.objectOf(name);
    const present = this.nameOf(object);
    if (holder === object) return;
    if (holder !== undefined) throw new ScriptError("internal", `the name '${name}' is taken`);
    if (present !== undefined) throw new ScriptError("internal", `'${name}' is named '${present}' already`);
    this.put(name, object);
  }

  /** {@link register} for what may come again: an object that has a name keeps it, and a name goes to the object that comes last. */
  assign(name: string, object: Nameable): void {
    if (this.nameOf(object) !== undefined || this.library?.byName.has(name) === true) return;
    this.unregister(name);
    this.put(name, object);
  }

  /** @internal {@link assign} of "host:NAME", when the next question comes. */
  assignHostFunction(native: NativeFunction): void {
    this.hostFunctions.push(native);
  }

  /** Takes a registered name away; false when nothing was registered under it. The library's names stay. */
  unregister(name: string): boolean {
    this.settle();
    const object = this.byName?.get(name);
    if (object === undefined) return false;
    this.byName!.delete(name);
    this.byObject!.delete(object);
    return true;
  }

  private put(name: string, object: Nameable): void {
    (this.byName ??= new Map()).set(name, object);
    (this.byObject ??= new Map()).set(object, name);
  }

  /** Most states are never asked: the maps for what is their own are filled when the first question comes. */
  private settle(): void {
    const { own, library, hostFunctions } = this;
    if (own !== null && library !== null) {
      this.own = null;
      own.forEach((object, i) => {
        if (object !== undefined) this.put(library.own[i]!.name, object);
      });
    }
    if (hostFunctions.length === 0) return;
    this.hostFunctions = [];
    for (const native of hostFunctions) this.assign(`host:${native.name}`, native);
  }
}

/** The names of a runtime's state, made when they are first asked for; best before any script runs. */
export function namesOf(runtime: Runtime): Names {
  return (runtime.names ??= new Names(runtime.state)) as Names;
}

/** Names the host functions in a value that the host has put at `name`: itself, or those in its tables. */
export function addHostNames(names: Names, name: string, value: LuaValue): void {
  const seen = new Set<LuaTable>();
  const queue: [string, LuaValue][] = [[name, value]];
  for (const [at, each] of queue) {
    if (each instanceof NativeFunction) names.assign(at, each);
    if (!(each instanceof LuaTable) || seen.has(each)) continue;
    seen.add(each);
    for (let i = each.seek(0); i >= 0; i = each.seek(i + 1)) {
      const key = each.keyAt(i);
      const inner = each.valueAt(i);
      if (typeof inner === "object" && (typeof key === "string" || typeof key === "number")) queue.push([`${at}.${toHostText(String(key))}`, inner]);
    }
  }
}
