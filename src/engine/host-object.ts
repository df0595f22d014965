// Host objects by reference: userdata whose members are exactly those that the host listed. Scripts never see a prototype,
// a constructor or any property that is not on the list, and a method only ever runs with an object of its own type.
import { fromHostText, toHostText } from "../base/bytes.js";
import { SIZE, allocate } from "../vm/accounting.js";
import type { Frame } from "../vm/frame.js";
import { NativeFunction } from "../vm/function.js";
import type { Signal } from "../vm/signal.js";
import { LuaTable } from "../vm/table.js";
import { Userdata } from "../vm/userdata.js";
import { type LuaValue, typeName } from "../vm/value.js";
import { ScriptError } from "./errors.js";
import { type FunctionConverter, type HostCall, SharedFunction, raiseInLua } from "./host-function.js";
import { HostReference, type Identities } from "./identities.js";
import { type Parameter, type ParameterClass, argumentReader } from "./parameters.js";

/** A method: called with the object first, then the checked arguments. */
export interface HostMethod<T extends object> {
  readonly params?: readonly Parameter[];
  readonly run: (self: T, call: HostCall, ...args: never[]) => unknown;
  readonly cost?: number;
}

/**
 * A property: read by `get`, written by `set`; without `set` it is read-only. When what `get` answers is a function, scripts
 * see a method: it is called with the object as `this`, and arguments and results cross in the plain view.
 */
export interface HostProperty<T extends object> {
  readonly get: (self: T) => unknown;
  readonly set?: (self: T, value: never) => void;
  /** What may be assigned; anything unless given. */
  readonly type?: Parameter["type"];
}

/** What scripts may do with objects of a type. */
export interface HostTypeSpec<T extends object> {
  /** What messages and `tostring` call it. */
  readonly name: string;
  readonly methods?: Readonly<Record<string, HostMethod<T>>>;
  readonly properties?: Readonly<Record<string, HostProperty<T>>>;
  /** `tostring(object)`; the name and an address unless given. */
  readonly tostring?: (self: T) => string;
  /** Runs at the end of a scope that declared the object `<close>`. */
  readonly close?: (self: T) => unknown;
  /** Bytes of the host that an object keeps in use: they count for the script's memory limit while it holds the object. */
  readonly weight?: (self: T) => number;
}

/** A type of host objects. Make one for each kind of object, once; it can be used in any number of contexts. */
export class HostType<T extends object = object> implements ParameterClass {
  readonly name: string;
  /** @internal What all states have in common of its methods, made when they are first used. */
  readonly shared = new Map<string, SharedFunction>();

  /** Throws ScriptError "internal" for a name that is a method and a property. */
  constructor(readonly spec: HostTypeSpec<T>) {
    this.name = spec.name;
    for (const member of Object.keys(spec.methods ?? {})) {
      if (Object.hasOwn(spec.properties ?? {}, member)) throw new ScriptError("internal", `type '${spec.name}': '${member}' is a method and a property`);
    }
  }

  /** The object behind `value` when it is of this type and was not revoked. */
  unwrap(value: LuaValue): T | undefined {
    return this.has(value) ? (value.data.object as T | undefined) : undefined;
  }

  check(f: Frame, i: number): T {
    const value = f.arg(i);
    if (!this.has(value)) f.typeError(i, fromHostText(this.name));
    return (value.data.object as T | undefined) ?? f.argError(i, `this ${fromHostText(this.name)} was released`);
  }

  private has(value: LuaValue): value is Userdata & { data: HostReference } {
    return value instanceof Userdata && value.data instanceof HostReference && value.data.type === this;
  }
}

/** Names that no list of members may have: they lead from an object to what made it. */
const NEVER: ReadonlySet<string> = new Set([...Object.getOwnPropertyNames(Object.prototype), "prototype", "caller", "callee", "arguments"]);

/** Choices for {@link exposing}. */
export interface ExposeOptions<T extends object> extends Pick<HostTypeSpec<T>, "tostring" | "close"> {
  /** Members of the list that scripts may assign. */
  readonly writable?: readonly (keyof T & string)[];
}

/**
 * A type of host objects by the names of the members that scripts may use, methods and properties alike. Throws ScriptError
 * "internal" for names such as "constructor" and "__proto__".
 */
export function exposing<T extends object>(name: string, members: readonly (keyof T & string)[], options: ExposeOptions<T> = {}): HostType<T> {
  const { writable = [], ...rest } = options;
  const properties = Object.create(null) as Record<string, HostProperty<T>>;
  for (const member of members) {
    if (NEVER.has(member)) throw new ScriptError("internal", `type '${name}': '${member}' cannot be exposed`);
    properties[member] = { get: (self) => self[member] };
  }
  for (const member of writable) {
    if (properties[member] === undefined) throw new ScriptError("internal", `type '${name}': '${member}' is writable but not a member`);
    properties[member] = { get: (self) => self[member], set: (self, value) => void (self[member] = value) };
  }
  return new HostType<T>({ name, properties, ...rest });
}

/** Marks `object` inside a plain value: it crosses by reference, as a userdata of `type`. */
export class ByReference<T extends object = object> {
  constructor(readonly object: T, readonly type: HostType<T>) {}
}

/** `byReference(agent, agentType)` in a result or an argument: that place holds the object itself, not a copy. */
export function byReference<T extends object>(object: T, type: HostType<T>): ByReference<T> {
  return new ByReference(object, type);
}

/** The host objects of one state: one metatable a type, one userdata an object. */
export class HostObjects {
  private types: WeakMap<object, Members<never>> | undefined;

  constructor(private readonly converter: FunctionConverter, private readonly identities: Identities) {}

  /** The userdata for `object`: the same one each time. Throws ScriptError "type" when it crossed as another type before. */
  wrap<T extends object>(object: T, type: HostType<T>): Userdata {
    const known = this.identities.userdataFor(object);
    if (known !== undefined) {
      if ((known.data as HostReference).type !== type) throw new ScriptError("type", `this object is known to scripts as another type than '${type.name}'`);
      return known;
    }
    const { state } = this.converter.runtime;
    state.enter(); // what is allocated counts for this state
    try {
      const weight = type.spec.weight?.(object) ?? 0;
      const userdata = new Userdata(new HostReference(object, type), 0, weight);
      allocate(SIZE.userdata + weight);
      userdata.metatable = this.membersOf(type).metatable;
      this.identities.bindObject(object, userdata);
      return userdata;
    } finally {
      state.leave();
    }
  }

  /** Scripts keep the userdata but lose the object: each use is an error from now on. */
  revoke(object: object): void {
    const userdata = this.identities.userdataFor(object);
    if (userdata === undefined) return;
    (userdata.data as HostReference).revoke();
    this.identities.unbindObject(object);
  }

  /** @internal */
  membersOf<T extends object>(type: HostType<T>): Members<T> {
    let members = this.types?.get(type) as Members<T> | undefined;
    if (members === undefined) (this.types ??= new WeakMap()).set(type, (members = new Members(this.converter, type)) as unknown as Members<never>);
    return members;
  }
}

/** The converter, where the members of a type are found from what all states share. */
interface MembersOwner {
  membersOf<T extends object>(type: HostType<T>): Members<T>;
}

/** The members of one type in one state. */
class Members<T extends object> {
  /** Methods that were asked for. */
  private methods: Map<string, NativeFunction> | undefined;
  readonly metatable: LuaTable;

  constructor(private readonly converter: FunctionConverter, private readonly type: HostType<T>) {
    this.metatable = this.makeMetatable();
  }

  private makeMetatable(): LuaTable {
    const { name, tostring, close, properties } = this.type.spec;
    const metatable = new LuaTable();
    metatable.setStr("__name", fromHostText(name));
    metatable.setStr("__metatable", fromHostText(name)); // what getmetatable answers; nothing can replace it
    metatable.setStr("__index", properties === undefined ? this.methodTable() : this.reader(properties));
    metatable.setStr("__newindex", new NativeFunction(`${name}.__newindex`, (f) => this.assign(f)));
    metatable.setStr("__tostring", tostring === undefined ? this.plainText() : this.native("metamethod __tostring", () => ({ run: (self) => String(tostring(self)) })));
    if (close !== undefined) metatable.setStr("__close", this.native("metamethod __close", () => ({ params: [], run: (self) => closed(close(self)) })));
    return metatable;
  }

  /** The function of this state for a member that all states have in common. */
  private native(name: string, method: () => HostMethod<T>): NativeFunction {
    const { shared } = this.type;
    let common = shared.get(name);
    if (common === undefined) shared.set(name, (common = this.share(name, method())));
    return common.make();
  }

  private share(name: string, { run, cost = 0, params = ANYTHING }: HostMethod<T>): SharedFunction {
    return new SharedFunction({
      name: `${this.type.name}.${name.replace("metamethod ", "")}`,
      params: [{ name: "self", type: this.type }, ...params],
      run: (call: HostCall, self: T, ...args: never[]) => run(self, call, ...args),
      cost,
    });
  }

  private method(key: string): NativeFunction | undefined {
    const known = this.methods?.get(key);
    if (known !== undefined) return known;
    const { methods = {} } = this.type.spec;
    const name = memberName(key, methods);
    return name === undefined ? undefined : this.remember(key, this.native(name, () => methods[name]!));
  }

  private remember(key: string, native: NativeFunction): NativeFunction {
    (this.methods ??= new Map()).set(key, native);
    return native;
  }

  /** Without properties, reading a member is a look into a table, which inline caches know how to do fast. */
  private methodTable(): LuaTable {
    const table = new LuaTable();
    for (const name of Object.keys(this.type.spec.methods ?? {})) table.setStr(fromHostText(name), this.method(fromHostText(name)));
    return table;
  }

  /** __index: a method, or what a property's `get` answers; nil for anything else. */
  private reader(properties: Readonly<Record<string, HostProperty<T>>>): NativeFunction {
    const { type } = this;
    const property = this.native("metamethod __index", () => ({
      params: [{ name: "key", type: "value" }],
      run: (self, { runtime }, key: LuaValue) => {
        const name = memberName(key, properties);
        if (name === undefined) return undefined;
        const value = properties[name]!.get(self);
        return typeof value === "function" ? (runtime.converter as unknown as MembersOwner).membersOf(type).functionMember(name) : value;
      },
    }));
    return new NativeFunction(property.name, (f) => {
      const key = f.arg(2);
      return (typeof key === "string" ? this.method(key) : undefined) ?? property.run(f);
    });
  }

  /** The method for a property whose value is a function. */
  functionMember(name: string): NativeFunction {
    const key = fromHostText(name);
    const { type } = this;
    const { get } = type.spec.properties![name]!;
    return this.methods?.get(key) ?? this.remember(key, this.native(name, () => ({
      run: (self, _, ...args) => {
        const member = get(self);
        if (typeof member !== "function") throw new ScriptError("type", `'${name}' of ${type.name} is no function any more`);
        return Reflect.apply(member, self, args) as unknown;
      },
    })));
  }

  /** __newindex */
  private assign(f: Frame): Signal {
    const { converter, type } = this;
    const { properties = {} } = type.spec;
    converter.runtime.state.budgets.callHost();
    const self = type.check(f, 1);
    const name = memberName(f.arg(2), properties);
    if (name === undefined) f.error(`no field '${shownKey(f.arg(2))}' in ${fromHostText(type.name)}`);
    const { set, type: wanted = "any" } = properties[name]!;
    if (set === undefined) f.error(`field '${fromHostText(name)}' of ${fromHostText(type.name)} is read-only`);
    const value = argumentReader({ name, type: wanted, ...(wanted === "any" ? { optional: true } : {}) })(f, 3, converter);
    try {
      set(self, value as never);
    } catch (error) {
      raiseInLua(converter, f, error);
    }
    return f.none();
  }

  private plainText(): NativeFunction {
    const { type } = this;
    return new NativeFunction(`${type.name}.__tostring`, (f) => `${fromHostText(type.name)}: ${f.L.state.addressOf(f.any(1))}`);
  }
}

const ANYTHING: readonly Parameter[] = [{ name: "...", type: "any", variadic: true }];

/** The property that a key names. */
function memberName(key: LuaValue, properties: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof key !== "string") return undefined;
  const name = toHostText(key);
  return Object.hasOwn(properties, name) ? name : undefined;
}

function shownKey(key: LuaValue): string {
  return typeof key === "string" ? key : typeName(key);
}

/** A __close has no results; a promise of `close` is waited for. */
function closed(result: unknown): unknown {
  return result instanceof Promise ? result.then(() => undefined) : undefined;
}
