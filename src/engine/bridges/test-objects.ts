// What tests of a context have made, by id: scenarios, fixtures, mocks.
import { contextPart } from "./context.js";
import { BridgeFailure } from "./services/failure.js";
import type { Keep } from "./services/kept.js";

/** Objects of one context. */
const MOST_OBJECTS = 10_000;
const BYTES_PER_OBJECT = 600;

class TestObjects {
  private readonly objects = new Map<string, object>();
  private readonly counts = new Map<string, number>();

  constructor(private readonly keep: Keep) {}

  /** Makes an object with the next id of its kind: "mock-1". */
  add<T extends object>(kind: string, make: (id: string) => T): T {
    if (this.objects.size >= MOST_OBJECTS) throw new BridgeFailure("too_many", `more than ${MOST_OBJECTS} scenarios, fixtures and mocks`);
    this.keep(BYTES_PER_OBJECT);
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    const id = `${kind}-${count}`;
    const object = make(id);
    this.objects.set(id, object);
    return object;
  }

  find<T extends object>(id: string, type: abstract new (...args: never[]) => T): T | undefined {
    const object = this.objects.get(id);
    return object instanceof type ? object : undefined;
  }
}

export const TEST_OBJECTS = contextPart("test objects", (context) => new TestObjects((bytes) => context.keep(bytes)));
