// The event bridge: the bus in Lua's words.
import type { Callback, BridgeCall } from "./context.js";
import { contextPart } from "./context.js";
import { defineBridge } from "./define.js";
import { defineHandle } from "./handles.js";
import { type OptionField, options } from "./options.js";
import { type BusEvent, EVENT_PRIORITIES, type EventPriority, type Recording, type Subscription } from "./services/event-bus.js";
import { BridgeFailure } from "./services/failure.js";
import { own } from "./services/json-value.js";
import { namePattern } from "./services/name-pattern.js";

const PRIORITY_NAMES = Object.keys(EVENT_PRIORITIES) as EventPriority[];
const priority: OptionField = { type: "string", oneOf: PRIORITY_NAMES, default: "normal", doc: "One of event.Priority; NORMAL unless given." };

/** Subscriptions of one script by id. */
const SUBSCRIPTIONS = contextPart("subscriptions", () => new Map<string, Subscription>());
const RECORDINGS = contextPart("recordings", () => ({ last: 0, byId: new Map<string, NamedRecording>() }));

interface NamedRecording {
  readonly id: string;
  readonly recording: Recording;
}

/** Events that one recording may keep. */
const MAX_CAPACITY = 100_000;
/** Recordings that a script may have, those that were stopped included. */
const MAX_RECORDINGS = 100;
/** About what a subscription takes beside its handler. */
const SUBSCRIPTION_BYTES = 400;

const subscriptionHandle = defineHandle<Subscription>({
  name: "subscription",
  doc: "A handler that is told of events.",
  id: ({ id }) => id,
  find: (context, id) => context.get(SUBSCRIPTIONS).get(id),
  weight: () => SUBSCRIPTION_BYTES,
  properties: {
    pattern: { type: "string", doc: "Which events.", get: (subscription) => subscription.pattern },
    priority: { type: "string", doc: "How early it is told.", get: (subscription) => subscription.priority },
    delivered: { type: "integer", doc: "Events it was told of.", get: ({ delivered }) => delivered },
    failed: { type: "integer", doc: "Times its handler failed.", get: ({ failed }) => failed },
    active: { type: "boolean", doc: "False once it has ended.", get: ({ active }) => active },
  },
});

const recordingHandle = defineHandle<NamedRecording>({
  name: "recording",
  doc: "Events kept as they come.",
  id: ({ id }) => id,
  find: (context, id) => context.get(RECORDINGS).byId.get(id),
  properties: {
    events: { type: "Event[]", doc: "The events so far.", get: ({ recording }) => recording.events.map(eventTable) },
    count: { type: "integer", doc: "How many events it holds.", get: ({ recording }) => recording.events.length },
    dropped: { type: "integer", doc: "Events that had to go because it was full.", get: ({ recording }) => recording.dropped },
    active: { type: "boolean", doc: "False once it was stopped.", get: ({ recording }) => recording.active },
  },
  methods: {
    stop: {
      doc: "Ends the recording; its events stay.",
      params: [],
      run: (_, { recording }: NamedRecording) => recording.stop(),
    },
  },
});

/** An event as scripts see it. */
function eventTable({ id, type, data, source, priority, time, replayed }: BusEvent): Record<string, unknown> {
  return { id, type, data, source, priority, time, ...(replayed === true ? { replayed } : {}) };
}

interface SubscribeChoices {
  readonly priority: EventPriority;
  readonly once: boolean;
  readonly filter?: Callback;
}

function subscribe(call: BridgeCall, pattern: string, handler: Callback, choices?: SubscribeChoices): unknown {
  const { context } = call;
  const { priority = "normal", once = false, filter } = choices ?? {};
  const told = (callback: Callback) => (event: BusEvent) => context.invoke(callback, [eventTable(event)], null, "event handler");
  const subscription = context.events.subscribe(pattern, told(handler), { priority, once, owner: context, ...(filter === undefined ? {} : { filter: told(filter) }) });
  const kept = context.get(SUBSCRIPTIONS);
  kept.set(subscription.id, subscription);
  for (const [id, { active }] of kept) if (!active) kept.delete(id);
  return subscriptionHandle.of(subscription);
}

function forget(call: BridgeCall, id: string): boolean {
  call.get(SUBSCRIPTIONS).delete(id);
  return call.context.events.unsubscribe(id, call.context);
}

interface Criteria {
  readonly type?: string;
  readonly source?: string;
  readonly priority?: EventPriority;
  readonly data?: Readonly<Record<string, unknown>>;
}

function matcher({ type, source, priority, data }: Criteria): (event: unknown) => boolean {
  const matches = type === undefined ? undefined : namePattern(type);
  return (given) => {
    const event = (given ?? {}) as Partial<BusEvent>;
    if (matches !== undefined && !matches(String(event.type))) return false;
    if (source !== undefined && event.source !== source) return false;
    if (priority !== undefined && EVENT_PRIORITIES[event.priority ?? "normal"] < EVENT_PRIORITIES[priority]) return false;
    const fields = (typeof event.data === "object" && event.data !== null ? event.data : {}) as Readonly<Record<string, unknown>>;
    return Object.entries(data ?? {}).every(([key, value]) => own(fields, key) === value);
  };
}

/** Events given as a recording, its id, or a list of event tables. */
function eventsOf(call: BridgeCall, source: unknown): BusEvent[] {
  const named = typeof source === "string" ? call.get(RECORDINGS).byId.get(source) : source;
  if (named instanceof Object && "recording" in named) return [...(named as NamedRecording).recording.events];
  if (!Array.isArray(source)) throw new BridgeFailure("invalid", "expected a recording or a list of events");
  return source.map((each: unknown) => {
    const { type, data, source: from, priority: urgency } = (each ?? {}) as Partial<BusEvent>;
    if (typeof type !== "string") throw new BridgeFailure("invalid", "each event needs a type");
    const known = PRIORITY_NAMES.includes(urgency as EventPriority) ? (urgency as EventPriority) : "normal";
    return { id: 0, time: 0, type, data, source: typeof from === "string" ? from : "script", priority: known };
  });
}

export const eventBridge = defineBridge({
  name: "event",
  doc: "A bus for events of agents, tools, workflows and scripts: subscribe by pattern, filter, record, replay.",
  handles: [subscriptionHandle, recordingHandle],
  constants: {
    Type: { SYSTEM: "system", USER: "user", AGENT: "agent", TOOL: "tool", WORKFLOW: "workflow" },
    Priority: { LOW: "low", NORMAL: "normal", HIGH: "high", CRITICAL: "critical" },
  },
  events: { "system.handler_failed": "A handler failed: `event`, `subscription`, `message`." },
  types: {
    Event: {
      doc: "What handlers are told.",
      fields: {
        id: { type: "integer", doc: "Counts up within the bus." },
        type: { type: "string", doc: "Its dotted name." },
        data: { type: "any", doc: "What was given to `emit`." },
        source: { type: "string", doc: "\"script\", or the bridge that emitted it." },
        priority: { type: "string", doc: "One of `event.Priority`." },
        time: { type: "number", doc: "Milliseconds since 1970." },
        replayed: { type: "boolean?", doc: "True when it was recorded and is told again." },
      },
    },
  },
  notes: "Patterns are dotted names in which `*` stands for one part, or for all that follow when it is the last: `workflow.*`, `*.failed`. " +
    "Handlers are told one after the other, those of a higher priority first. A handler may wait; one that fails keeps nobody else from being told, and is itself told of as `system.handler_failed`.",
  functions: {
    emit: {
      doc: "Emits an event and waits until all handlers are done.",
      params: [
        { name: "type", type: "string", doc: "Dotted name: \"user.greeted\"." },
        { name: "data", type: "any", optional: true, doc: "Any data; handlers get a copy." },
        { name: "options", type: options("EmitOptions", { priority, wait: { type: "boolean", default: true, doc: "False: go on at once." } }), optional: true, doc: "How." },
      ],
      returns: [{ type: "integer", doc: "Handlers that were told; 0 when not waiting." }],
      waits: true,
      example: 'event.emit("user.greeted", { name = "Ann" })',
      run: (call, type: string, data: unknown, choices?: { priority: EventPriority; wait: boolean }) => {
        const told = call.context.events.emit(type, data, { source: "script", priority: choices?.priority ?? "normal" });
        if (!(told instanceof Promise)) return told.delivered;
        if (choices?.wait !== false) return told.then(({ delivered }) => delivered);
        told.catch((error: unknown) => call.context.log(`event '${type}' was not told: ${String(error)}`));
        return 0;
      },
    },
    subscribe: {
      doc: "Calls a function for each event that matches from now on.",
      params: [
        { name: "pattern", type: "string", doc: "Which events: \"agent.*\"." },
        { name: "handler", type: "function", doc: "Called with the event; may wait." },
        {
          name: "options", optional: true, doc: "How.",
          type: options("SubscribeOptions", {
            priority, once: { type: "boolean", default: false, doc: "Ends with the first event." },
            filter: { type: "function", doc: "Called with the event first: the handler is told when it answers true. `event.filter` makes some." },
          }),
        },
      ],
      returns: [{ type: "Subscription", doc: "For `unsubscribe`." }],
      example: 'event.subscribe("tool.*", function(e) print(e.type, e.data.name) end, { priority = event.Priority.HIGH })',
      run: subscribe,
    },
    unsubscribe: {
      doc: "Ends a subscription.",
      params: [{ name: "subscription", type: subscriptionHandle, doc: "What `subscribe` gave, or its id." }],
      returns: [{ type: "boolean", doc: "False when it had ended already." }],
      run: (call, { id }: Subscription) => forget(call, id),
    },
    list_subscriptions: {
      doc: "The script's subscriptions, in the order they were made.",
      params: [],
      returns: [{ type: "table[]", doc: "Tables with `id`, `pattern`, `priority`, `once`, `delivered`, `failed`." }],
      run: ({ context }) => context.events.list(context).map(({ id, pattern, priority: urgency, once, delivered, failed }) => ({ id, pattern, priority: urgency, once, delivered, failed })),
    },
    filter: {
      doc: "Makes a test for events, for `subscribe` and for lists of events.",
      params: [{
        name: "criteria", doc: "What an event must be; all that are given.",
        type: options("EventCriteria", {
          type: { type: "string", doc: "Pattern of its type." },
          source: { type: "string", doc: "Who emitted it." },
          priority: { type: "string", oneOf: PRIORITY_NAMES, doc: "At least this urgent." },
          data: { type: "object", doc: "Fields that its data must have, with these values." },
        }),
      }],
      returns: [{ type: "fun(event: Event): boolean", doc: "True for events that fit." }],
      example: 'local urgent = event.filter{ priority = event.Priority.HIGH }\nevent.subscribe("*", print, { filter = urgent })',
      run: (_, criteria: Criteria) => matcher(criteria),
    },
    record: {
      doc: "Keeps the events that match from now on.",
      params: [
        { name: "pattern", type: "string", default: "*", doc: "Which events; all unless given." },
        { name: "options", type: options("RecordOptions", { capacity: { type: "integer", min: 1, max: MAX_CAPACITY, default: 1000, doc: "Events that are kept; older ones go." } }), optional: true, doc: "How." },
      ],
      returns: [{ type: "Recording", doc: "With `events`, `count` and `stop`." }],
      run: (call, pattern: string, choices?: { capacity: number }) => {
        const recordings = call.get(RECORDINGS);
        if (recordings.byId.size >= MAX_RECORDINGS) throw new BridgeFailure("too_many", `more than ${MAX_RECORDINGS} recordings; \`clear\` ends them`);
        const named = { id: `rec_${++recordings.last}`, recording: call.context.events.record(pattern, { capacity: choices?.capacity ?? 1000, owner: call.context, onSize: (bytes) => call.context.keep(bytes) }) };
        recordings.byId.set(named.id, named);
        return recordingHandle.of(named);
      },
    },
    replay: {
      doc: "Emits recorded events again, in order, marked as replayed.",
      params: [
        { name: "events", type: "any", doc: "A recording, its id, or a list of events." },
        { name: "pattern", type: "string", default: "*", doc: "Which of them; all unless given." },
      ],
      returns: [{ type: "integer", doc: "How many." }],
      waits: true,
      run: (call, source: unknown, pattern: string) => {
        const matches = namePattern(pattern);
        return call.context.events.replay(eventsOf(call, source).filter(({ type }) => matches(type)));
      },
    },
    clear: {
      doc: "Ends all subscriptions and recordings of the script.",
      params: [],
      returns: [{ type: "integer", doc: "Subscriptions that ended." }],
      run: (call) => {
        call.get(SUBSCRIPTIONS).clear();
        for (const { recording } of call.get(RECORDINGS).byId.values()) recording.clear();
        call.get(RECORDINGS).byId.clear();
        return call.context.events.clear(call.context);
      },
    },
  },
});
