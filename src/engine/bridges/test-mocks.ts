// Mocks: stand-ins that record how they are called.
import { fromPlain } from "../conversion.js";
import { Handle } from "../handle.js";
import type { BridgeContext, Callback } from "./context.js";
import { callScript } from "./callbacks.js";
import { raised } from "./failure-value.js";
import { defineHandle } from "./handles.js";
import { type OptionsType, options } from "./options.js";
import { BridgeFailure } from "./services/failure.js";
import { record, sizeOf } from "./services/json-value.js";
import { Kept } from "./services/kept.js";
import { TEST_OBJECTS } from "./test-objects.js";

export const MOCK_TYPES = ["function", "object", "service"] as const;
export type MockType = (typeof MOCK_TYPES)[number];

export interface MockFields {
  readonly type: MockType;
  readonly name?: string;
  readonly returns?: unknown;
  readonly sequence?: readonly unknown[];
  readonly implementation?: Callback;
  readonly error?: string;
  readonly methods?: Readonly<Record<string, unknown>>;
  readonly delay?: number;
  readonly fail_times?: number;
}

export const MOCK_OPTIONS: OptionsType = options("MockOptions", {
  type: { type: "string", doc: "One of `test.MockType`; FUNCTION unless given.", default: "function", oneOf: MOCK_TYPES },
  name: { type: "string", doc: "For messages." },
  returns: { type: "any", doc: "FUNCTION: what every call gives." },
  sequence: { type: "array", doc: "FUNCTION: what the calls give, one after the other; the last one stays." },
  implementation: { type: "function", doc: "FUNCTION: called instead." },
  error: { type: "string", doc: "FUNCTION: what every call raises." },
  methods: { type: "object", doc: "OBJECT, SERVICE: by name, what each method gives, or the function that it calls." },
  delay: { type: "integer", doc: "SERVICE: milliseconds before each answer.", min: 0, max: 60_000 },
  fail_times: { type: "integer", doc: "SERVICE: so many calls of each method fail before one works.", min: 0 },
});

/** Calls that a mock records. */
const MOST_CALLS = 10_000;
const BYTES_PER_MOCK = 1000;
const BYTES_PER_CALL = 200;

interface MockCall {
  readonly method: string;
  readonly arguments: readonly unknown[];
}

/** One mock. `target` is what the script uses in place of the real thing. */
export class Mock {
  calls: MockCall[] = [];
  /** The Lua function or table. */
  readonly target: Handle;
  private readonly kept: Kept;

  constructor(readonly id: string, readonly name: string, context: BridgeContext, private readonly fields: MockFields) {
    this.kept = new Kept((bytes) => context.keep(bytes));
    this.kept.set(BYTES_PER_MOCK + sizeOf(fields));
    this.target = new Handle(context.runtime.state, fromPlain(context.runtime, this.standIn(context, name)));
  }

  private standIn(context: BridgeContext, name: string): unknown {
    const { type, returns, sequence, implementation, error, methods = {} } = this.fields;
    if (type !== "function") return record(Object.entries(methods).map(([method, value]) => [method, this.recorder(context, method, (args) => answer(context, value, args))] as const));
    return this.recorder(context, "", (args, number) => {
      if (error !== undefined) throw raised(name, new BridgeFailure("mock", error));
      if (implementation !== undefined) return callScript(context, implementation, args, { owner: context.runtime.current, name: `mock ${name}` });
      return sequence === undefined ? returns : sequence[Math.min(number, sequence.length) - 1];
    });
  }

  private recorder(context: BridgeContext, method: string, give: (args: readonly unknown[], number: number) => unknown): (...args: unknown[]) => unknown {
    const { type, delay = 0, fail_times: failTimes = 0 } = this.fields;
    return (...args) => {
      if (this.calls.length >= MOST_CALLS) throw raised(this.name, new BridgeFailure("too_many", `more than ${MOST_CALLS} calls of a mock; clear it`));
      this.kept.add(BYTES_PER_CALL + sizeOf(args));
      this.calls.push({ method, arguments: args });
      const number = this.count(method);
      if (type !== "service") return give(args, number);
      return new Promise((resolve, reject) => {
        context.runtime.after(delay, () => {
          if (number <= failTimes) reject(raised(`${this.name}.${method}`, new BridgeFailure("unavailable", "not available yet")));
          else Promise.resolve(give(args, number)).then(resolve, reject);
        });
      });
    };
  }

  /** Forgets the calls so far. */
  clear(): void {
    this.calls = [];
    this.kept.set(BYTES_PER_MOCK + sizeOf(this.fields));
  }

  count(method?: string): number {
    return method === undefined ? this.calls.length : this.calls.filter((call) => call.method === method).length;
  }

  /** For scripts: each call with its method and arguments. */
  callsOut(method?: string): unknown[] {
    return this.calls.filter((call) => method === undefined || call.method === method)
      .map((call) => record<unknown>([["arguments", call.arguments], ...(call.method === "" ? [] : [["method", call.method] as const])]));
  }
}

function answer(context: BridgeContext, value: unknown, args: readonly unknown[]): unknown {
  return typeof value === "function" ? callScript(context, value as Callback, args, { owner: context.runtime.current, name: "mock" }) : value;
}

export const MOCK = defineHandle<Mock>({
  name: "mock",
  doc: "A stand-in that records its calls.",
  id: ({ id }) => id,
  find: (context, id) => context.get(TEST_OBJECTS).find(id, Mock),
  properties: {
    name: { type: "string", doc: "Its name.", get: ({ name }) => name },
    target: { type: "any", doc: "What is used in place of the real thing: a function, or a table of functions.", get: ({ target }) => target },
    calls: { type: "table[]", doc: "How it was called: tables with `arguments` and `method`.", get: (mock) => mock.callsOut() },
  },
  methods: {
    count: {
      doc: "How often it was called.",
      params: [{ name: "method", type: "string", doc: "Only calls of this method.", optional: true }],
      returns: [{ type: "integer", doc: "The number of calls." }],
      run: (_, mock: Mock, method: string | undefined) => mock.count(method),
    },
    clear: {
      doc: "Forgets the calls so far.",
      params: [],
      run: (_, mock: Mock) => mock.clear(),
    },
  },
});
