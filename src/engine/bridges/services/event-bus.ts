// The event bus: who wants to know is told, most urgent first, one after the other. A handler that fails or waits for long
// keeps nobody from being told.
import { BridgeFailure } from "./failure.js";
import { sizeOf } from "./json-value.js";
import { type NamePattern, namePattern } from "./name-pattern.js";

export const EVENT_PRIORITIES = { low: 1, normal: 2, high: 3, critical: 4 } as const;
export type EventPriority = keyof typeof EVENT_PRIORITIES;

export interface BusEvent {
  /** Counts up within the bus. */
  readonly id: number;
  /** Dotted name: "workflow.started". */
  readonly type: string;
  readonly data: unknown;
  /** Who emitted it: "script", a bridge, or what the host calls itself. */
  readonly source: string;
  readonly priority: EventPriority;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** It was recorded before and is told again. */
  readonly replayed?: boolean;
}

export type EventHandler = (event: BusEvent) => unknown;

export interface SubscribeOptions {
  /** Handlers of a higher priority are told first. */
  readonly priority?: EventPriority;
  /** Ends with the first event that it is told of. */
  readonly once?: boolean;
  /** Which of the matching events: answers, or promises, true. */
  readonly filter?: (event: BusEvent) => unknown;
  /** Whose it is, for {@link EventBus.clear} and {@link EventBus.list}. */
  readonly owner?: object;
}

export interface Subscription {
  readonly id: string;
  readonly pattern: string;
  readonly priority: EventPriority;
  readonly once: boolean;
  /** Events it was told of. */
  readonly delivered: number;
  /** Times its handler failed. */
  readonly failed: number;
  readonly active: boolean;
}

export interface EmitOptions {
  readonly source?: string;
  readonly priority?: EventPriority;
  readonly replayed?: boolean;
}

/** What became of an event. */
export interface Delivery {
  readonly delivered: number;
  readonly failures: readonly { readonly subscription: string; readonly error: unknown }[];
}

const NOBODY: Delivery = { delivered: 0, failures: [] };

/** Subscriptions of one owner, and of those who name none. */
const MAX_SUBSCRIPTIONS = 10_000;
const MAX_RECORDINGS = 100;
/** Events being told at the same time: more of them are a handler that answers each event with another one. */
const MAX_IN_PROGRESS = 1000;
const MAX_REMEMBERED_TYPES = 1000;
const TYPE = /^[\w-]+(?:\.[\w-]+)*$/;

class Listener implements Subscription {
  delivered = 0;
  failed = 0;
  active = true;
  readonly matches: NamePattern;
  readonly priority: EventPriority;
  readonly once: boolean;

  constructor(readonly id: string, readonly pattern: string, readonly handler: EventHandler, readonly options: SubscribeOptions) {
    this.matches = namePattern(pattern);
    this.priority = options.priority ?? "normal";
    this.once = options.once ?? false;
  }
}

/** Bytes that the events of one recording take at most, estimated. */
const MAX_RECORDED = 8_000_000;

/** Told how many bytes more, or less, are kept. */
export type SizeListener = (bytes: number) => void;

/** Events of one bus as they came, up to a number and a size; the oldest go first. */
export class Recording {
  private readonly kept: BusEvent[] = [];
  private readonly sizes: number[] = [];
  private size = 0;
  private readonly matches: NamePattern;
  /** Events that had to go. */
  dropped = 0;
  active = true;

  constructor(
    readonly pattern: string, readonly capacity: number, readonly owner: object | undefined, private readonly ended: (recording: Recording) => void,
    private readonly onSize: SizeListener = () => {},
  ) {
    this.matches = namePattern(pattern);
  }

  get events(): readonly BusEvent[] {
    return this.kept;
  }

  stop(): void {
    this.active = false;
    this.ended(this);
  }

  /** @internal */
  note(event: BusEvent): void {
    if (!this.matches(event.type)) return;
    const size = 100 + sizeOf(event.data, MAX_RECORDED);
    this.kept.push(event);
    this.sizes.push(size);
    this.resize(size);
    while (this.kept.length > this.capacity || this.size > MAX_RECORDED) this.drop();
  }

  private drop(): void {
    this.kept.shift();
    this.resize(-this.sizes.shift()!);
    this.dropped++;
  }

  private resize(bytes: number): void {
    this.size += bytes;
    this.onSize(bytes);
  }

  /** Stops, and lets the events go. */
  clear(): void {
    this.stop();
    this.kept.length = 0;
    this.sizes.length = 0;
    this.resize(-this.size);
  }
}

export class EventBus {
  private readonly listeners = new Map<string, Listener>();
  private readonly recordings = new Set<Recording>();
  /** Number of subscriptions by owner. */
  private readonly owned = new Map<object | undefined, number>();
  /** Listeners by event type, most urgent first; forgotten when a subscription comes or goes. */
  private readonly interested = new Map<string, readonly Listener[]>();
  private lastEvent = 0;
  private lastSubscription = 0;
  private inProgress = 0;

  constructor(private readonly now: () => number = Date.now) {}

  /** Throws BridgeFailure "invalid" for a pattern that is none, "too_many" when there are too many subscriptions. */
  subscribe(pattern: string, handler: EventHandler, options: SubscribeOptions = {}): Subscription {
    if (!/^[\w*-]+(?:\.[\w*-]+)*$/.test(pattern)) throw new BridgeFailure("invalid", `'${pattern}' is no event pattern`);
    const { owner } = options;
    const own = this.owned.get(owner) ?? 0;
    if (own >= MAX_SUBSCRIPTIONS) throw new BridgeFailure("too_many", `more than ${MAX_SUBSCRIPTIONS} subscriptions`);
    const listener = new Listener(`sub_${++this.lastSubscription}`, pattern, handler, options);
    this.listeners.set(listener.id, listener);
    this.owned.set(owner, own + 1);
    this.interested.clear();
    return listener;
  }

  /** False: there was no such subscription (of that owner). */
  unsubscribe(id: string, owner?: object): boolean {
    const listener = this.listeners.get(id);
    if (listener === undefined || (owner !== undefined && listener.options.owner !== owner)) return false;
    listener.active = false;
    this.listeners.delete(id);
    const left = this.owned.get(listener.options.owner)! - 1;
    if (left > 0) this.owned.set(listener.options.owner, left);
    else this.owned.delete(listener.options.owner);
    this.interested.clear();
    return true;
  }

  /** All subscriptions, or those of one owner, in the order they were made. */
  list(owner?: object): Subscription[] {
    return [...this.listeners.values()].filter((listener) => owner === undefined || listener.options.owner === owner);
  }

  find(id: string, owner?: object): Subscription | undefined {
    return this.list(owner).find((subscription) => subscription.id === id);
  }

  /** Somebody would be told of, or records, an event of that type. */
  isHeard(type: string): boolean {
    return this.recordings.size > 0 || (this.listeners.size > 0 && this.listenersOf(type).length > 0);
  }

  /** Tells everybody; resolves when all handlers are done. Answers at once when nobody listens. Throws BridgeFailure "invalid" for a type that is none. */
  emit(type: string, data: unknown, options: EmitOptions = {}): Delivery | Promise<Delivery> {
    if (!TYPE.test(type)) throw new BridgeFailure("invalid", `'${type.slice(0, 60)}' is no event type`);
    if (!this.isHeard(type)) return NOBODY;
    if (this.inProgress >= MAX_IN_PROGRESS) throw new BridgeFailure("too_many", "too many events in progress");
    const { source = "host", priority = "normal", replayed = false } = options;
    const event: BusEvent = { id: ++this.lastEvent, type, data, source, priority, time: this.now(), ...(replayed ? { replayed } : {}) };
    for (const recording of this.recordings) recording.note(event);
    const listeners = this.listenersOf(type);
    return listeners.length === 0 ? NOBODY : this.deliver(event, listeners);
  }

  private async deliver(event: BusEvent, listeners: readonly Listener[]): Promise<Delivery> {
    this.inProgress++;
    let delivered = 0;
    const failures: { subscription: string; error: unknown }[] = [];
    try {
      for (const listener of listeners) {
        try {
          if (await this.tell(listener, event)) delivered++;
        } catch (error) {
          listener.failed++;
          failures.push({ subscription: listener.id, error });
        }
      }
    } finally {
      this.inProgress--;
    }
    if (failures.length > 0 && event.type !== "system.handler_failed") await this.reportFailures(event, failures);
    return { delivered, failures };
  }

  private async tell(listener: Listener, event: BusEvent): Promise<boolean> {
    if (!listener.active) return false;
    const { filter } = listener.options;
    if (filter !== undefined && (await filter(event)) !== true) return false;
    if (listener.once && !this.unsubscribe(listener.id)) return false; // two events at once: the first one has it
    listener.delivered++;
    await listener.handler(event);
    return true;
  }

  private async reportFailures(event: BusEvent, failures: readonly { subscription: string; error: unknown }[]): Promise<void> {
    for (const { subscription, error } of failures) {
      const message = error instanceof Error ? error.message : String(error);
      await this.emit("system.handler_failed", { event: event.type, subscription, message }, { source: "event", priority: "high" });
    }
  }

  private listenersOf(type: string): readonly Listener[] {
    let listeners = this.interested.get(type);
    if (listeners === undefined) {
      listeners = [...this.listeners.values()].filter((listener) => listener.matches(type))
        .sort((a, b) => EVENT_PRIORITIES[b.priority] - EVENT_PRIORITIES[a.priority]);
      if (this.interested.size >= MAX_REMEMBERED_TYPES) this.interested.clear();
      this.interested.set(type, listeners);
    }
    return listeners;
  }

  /** Keeps the events that match from now on, at most `capacity` of them. */
  record(pattern = "*", { capacity = 1000, owner, onSize }: { readonly capacity?: number; readonly owner?: object; readonly onSize?: SizeListener } = {}): Recording {
    const own = [...this.recordings].filter((recording) => recording.owner === owner).length;
    if (own >= MAX_RECORDINGS) throw new BridgeFailure("too_many", `more than ${MAX_RECORDINGS} recordings at a time`);
    const recording = new Recording(pattern, capacity, owner, (ended) => this.recordings.delete(ended), onSize);
    this.recordings.add(recording);
    return recording;
  }

  /** Tells of recorded events again, in order, marked as replayed. Answers how many. */
  async replay(events: readonly Pick<BusEvent, "type" | "data" | "source" | "priority">[]): Promise<number> {
    for (const { type, data, source, priority } of [...events]) await this.emit(type, data, { source, priority, replayed: true });
    return events.length;
  }

  /** Ends the subscriptions and recordings of an owner, or all. Answers how many subscriptions there were. */
  clear(owner?: object): number {
    const own = this.list(owner);
    for (const { id } of own) this.unsubscribe(id);
    for (const recording of this.recordings) if (owner === undefined || recording.owner === owner) recording.clear();
    return own.length;
  }
}
