// Handles: agents, tools, workflows as scripts hold them. A handle is a userdata with methods and a few properties; wherever a
// function takes one it also takes its id, so that ids can be stored and passed on as text.
import { fromHostText, toHostText } from "../../base/bytes.js";
import type { Frame } from "../../vm/frame.js";
import type { LuaValue } from "../../vm/value.js";
import { LuaTable } from "../../vm/table.js";
import { toPlain } from "../conversion.js";
import { ScriptError } from "../errors.js";
import { type ByReference, type HostMethod, type HostProperty, HostType, byReference } from "../host-object.js";
import { type Runtime, runtimeOf } from "../runtime.js";
import { type BridgeContext, bridgeContextOf } from "./context.js";
import type { BridgeFunction, BridgeParameter, BridgeResult, HandleKind, MethodSource } from "./define.js";
import type { PlainValue } from "../script-value.js";
import { BridgeFailure } from "./services/failure.js";
import { DEFAULT_COST, invokeMethod, nativeParameters } from "./dispatch.js";

export interface BridgeHandleSpec<T extends object> {
  /** What messages and `tostring` call it: "agent". */
  readonly name: string;
  readonly doc: string;
  /** Its id: what `tostring` shows and what functions accept in its place. */
  readonly id: (object: T) => string;
  /** The object with that id in the context; undefined when there is none. */
  readonly find: (context: BridgeContext, id: string) => T | undefined;
  /** Properties besides `id`, read-only. */
  readonly properties?: Readonly<Record<string, { readonly type: string; readonly doc: string; readonly get: (object: T) => unknown }>>;
  /** Methods that are no functions of the bridge; their parameters are those after the object, which `run` gets first. */
  readonly methods?: Readonly<Record<string, BridgeFunction>>;
  /** What functions also accept in its place: an object for a table that describes one. Throws BridgeFailure when it does not. */
  readonly from?: (context: BridgeContext, value: PlainValue) => T;
  /** Bytes of the host that an object keeps in use while the script holds its handle. */
  readonly weight?: (object: T) => number;
  /** Runs at the end of a scope that declared the handle `<close>`. */
  readonly close?: (object: T) => unknown;
}

/** A kind of handle: a parameter type, and what makes objects cross by reference. */
export class BridgeHandle<T extends object> implements HandleKind {
  readonly name: string;
  readonly doc: string;
  readonly documented: Readonly<Record<string, BridgeResult>>;
  readonly ownMethods: Readonly<Record<string, BridgeFunction>>;
  #type: HostType<T> | undefined;

  /** @internal Use {@link defineHandle}. */
  constructor(readonly spec: BridgeHandleSpec<T>) {
    this.name = spec.name;
    this.doc = spec.doc;
    this.ownMethods = spec.methods ?? {};
    this.documented = { id: { type: "string", doc: "Its id, which functions accept in its place." }, ...spec.properties };
  }

  /** @internal Its bridge is defined: these are its methods. */
  bind(bridge: string, functions: Readonly<Record<string, BridgeFunction>>): void {
    const { name, id, properties = {}, methods = {}, close, weight } = this.spec;
    const ofFunction = ([method, fn]: [string, BridgeFunction]): [string, HostMethod<T>] => [method, methodOf<T>({ bridge, name: method, fn }, fn.params.slice(1))];
    const own = ([method, fn]: [string, BridgeFunction]): [string, HostMethod<T>] => [method, methodOf<T>({ bridge, name: method, fn }, fn.params)];
    this.#type = new HostType<T>({
      name,
      methods: Object.fromEntries([...Object.entries(functions).map(ofFunction), ...Object.entries(methods).map(own)]),
      properties: { id: { get: id }, ...Object.fromEntries(Object.entries(properties).map(([key, { get }]) => [key, { get } satisfies HostProperty<T>])) },
      tostring: (object) => `${name}: ${id(object)}`,
      ...(close === undefined ? {} : { close }), ...(weight === undefined ? {} : { weight }),
    });
  }

  private get type(): HostType<T> {
    if (this.#type === undefined) throw new ScriptError("internal", `handle '${this.name}' belongs to no bridge`);
    return this.#type;
  }

  /** The object as scripts get it: the same userdata each time. For results of bridge functions, at any depth. */
  of(object: T): ByReference<T> {
    return byReference(object, this.type);
  }

  /** The object that argument `i` is, or that has it as its id. */
  check(f: Frame, i: number): T {
    const value = f.arg(i);
    if (value instanceof LuaTable && this.spec.from !== undefined) return this.described(f, i, value);
    if (typeof value !== "string") return this.type.check(f, i);
    return this.read(runtimeOf(f.L.state), value) ?? f.argError(i, `no ${fromHostText(this.name)} with id '${value.slice(0, 60)}'`);
  }

  private described(f: Frame, i: number, table: LuaTable): T {
    try {
      return this.read(runtimeOf(f.L.state), table)!;
    } catch (error) {
      if (error instanceof BridgeFailure || error instanceof ScriptError) f.argError(i, fromHostText(error.message));
      throw error;
    }
  }

  read(runtime: Runtime, value: LuaValue): T | undefined {
    const { find, from } = this.spec;
    if (typeof value === "string") return find(bridgeContextOf(runtime), toHostText(value));
    if (value instanceof LuaTable && from !== undefined) return from(bridgeContextOf(runtime), toPlain(runtime, value));
    return this.type.unwrap(value);
  }
}

function methodOf<T extends object>(source: MethodSource, params: readonly BridgeParameter[]): HostMethod<T> {
  return {
    params: nativeParameters(params),
    cost: source.fn.cost ?? DEFAULT_COST,
    run: (self, call, ...args) => invokeMethod(source, call, [self, ...args]),
  };
}

/** A kind of handle for `defineBridge`. */
export function defineHandle<T extends object>(spec: BridgeHandleSpec<T>): BridgeHandle<T> {
  return new BridgeHandle(spec);
}
