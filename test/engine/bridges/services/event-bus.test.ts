import { describe, expect, test } from "vitest";
import { type BusEvent, EventBus } from "../../../../src/engine/bridges/services/event-bus.js";

const bus = (): EventBus => new EventBus(() => 1000);

describe("the bus", () => {
  test("tells those whose pattern matches, most urgent first, then in the order they came", async () => {
    const [events, told] = [bus(), [] as string[]];
    events.subscribe("a.*", () => void told.push("first"));
    events.subscribe("*", () => void told.push("all"), { priority: "low" });
    events.subscribe("a.b", () => void told.push("urgent"), { priority: "critical" });
    events.subscribe("a.c", () => void told.push("other"));
    events.subscribe("a.*", () => void told.push("second"));
    expect(await events.emit("a.b", {})).toEqual({ delivered: 4, failures: [] });
    expect(told).toEqual(["urgent", "first", "second", "all"]);
  });

  test("hands over the event", async () => {
    const events = bus();
    let seen: BusEvent | undefined;
    events.subscribe("x", (event) => void (seen = event));
    await events.emit("x", { a: 1 }, { source: "me", priority: "high" });
    expect(seen).toEqual({ id: 1, type: "x", data: { a: 1 }, source: "me", priority: "high", time: 1000 });
  });

  test("waits for handlers, one after the other", async () => {
    const [events, told] = [bus(), [] as string[]];
    for (const name of ["a", "b"]) events.subscribe("x", async () => {
      told.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 1));
      told.push(`${name} ends`);
    });
    await events.emit("x", 0);
    expect(told).toEqual(["a begins", "a ends", "b begins", "b ends"]);
  });

  test("a handler that fails keeps nobody from being told, and is told of", async () => {
    const [events, told] = [bus(), [] as unknown[]];
    const broken = events.subscribe("x", () => {
      throw new Error("broken");
    }, { priority: "high" });
    events.subscribe("x", () => Promise.reject(new Error("rejected")));
    events.subscribe("x", () => void told.push("fine"));
    events.subscribe("system.*", ({ data }) => void told.push(data));
    const { delivered, failures } = await events.emit("x", 0);
    expect([delivered, failures.length, broken.failed]).toEqual([1, 2, 1]);
    expect(told).toEqual(["fine", { event: "x", subscription: "sub_1", message: "broken" }, { event: "x", subscription: "sub_2", message: "rejected" }]);
  });

  test("a handler of failures that fails ends there", async () => {
    const events = bus();
    let times = 0;
    events.subscribe("*", () => {
      times++;
      throw new Error("always");
    });
    await events.emit("x", 0);
    expect(times).toBe(2);
  });

  test("once is once, also for two events at the same time", async () => {
    const events = bus();
    let times = 0;
    const subscription = events.subscribe("x", async () => {
      times++;
      await Promise.resolve();
    }, { once: true });
    await Promise.all([events.emit("x", 0), events.emit("x", 0)]);
    await events.emit("x", 0);
    expect([times, subscription.active, events.list()]).toEqual([1, false, []]);
  });

  test("filters may wait; what is not true is no", async () => {
    const [events, told] = [bus(), [] as unknown[]];
    events.subscribe("x", ({ data }) => void told.push(data), { filter: async ({ data }) => data === 1 });
    events.subscribe("x", ({ data }) => void told.push(data), { filter: () => "yes" });
    const { delivered } = await events.emit("x", 1);
    await events.emit("x", 2);
    expect([told, delivered]).toEqual([[1], 1]);
  });

  test("who unsubscribes while an event is told is not told any more", async () => {
    const events = bus();
    let told = false;
    events.subscribe("x", () => void events.unsubscribe(later.id), { priority: "high" });
    const later = events.subscribe("x", () => void (told = true));
    await events.emit("x", 0);
    expect([told, events.unsubscribe(later.id)]).toEqual([false, false]);
  });

  test("nobody can end another owner's subscription", () => {
    const [events, me, you] = [bus(), {}, {}];
    const { id } = events.subscribe("x", () => {}, { owner: me });
    expect([events.unsubscribe(id, you), events.list(you), events.clear(you), events.unsubscribe(id, me)]).toEqual([false, [], 0, true]);
  });

  test("answers at once when nobody listens", () => {
    expect(bus().emit("x", 0)).toEqual({ delivered: 0, failures: [] });
  });

  test.each(["", "a b", ".a", "a.", "a..b", "a/b", "x".repeat(10) + "!"])("'%s' is no type", (type) => {
    expect(() => bus().emit(type, 0)).toThrow("is no event type");
    expect(() => bus().subscribe(type, () => {})).toThrow("is no event pattern");
  });

  test("an event answered by itself ends", async () => {
    const events = bus();
    let times = 0;
    events.subscribe("x", () => {
      times++;
      return events.emit("x", 0);
    });
    await events.emit("x", 0);
    expect(times).toBe(1000);
  });

  test("subscriptions are bounded", () => {
    const events = bus();
    expect(() => {
      for (let i = 0; i <= 10_000; i++) events.subscribe("x", () => {});
    }).toThrow("more than 10000 subscriptions");
  });

  test("types without end cost no memory", async () => {
    const events = bus();
    events.subscribe("never", () => {});
    for (let i = 0; i < 5000; i++) await events.emit(`type${i}`, 0);
    expect((events as unknown as { interested: Map<string, unknown> }).interested.size).toBeLessThanOrEqual(1000);
  });
});

describe("recordings", () => {
  test("keep what matches, the newest when there is too much, until they are stopped", async () => {
    const events = bus();
    const recording = events.record("a.*", { capacity: 2 });
    for (const type of ["a.1", "b.1", "a.2", "a.3"]) await events.emit(type, 0);
    recording.stop();
    await events.emit("a.4", 0);
    expect([recording.events.map(({ type }) => type), recording.dropped, recording.active]).toEqual([["a.2", "a.3"], 1, false]);
  });

  test("are told again in order, marked", async () => {
    const events = bus();
    const recording = events.record();
    await events.emit("a", 1, { source: "s", priority: "high" });
    await events.emit("b", 2);
    recording.stop();
    const seen: BusEvent[] = [];
    events.subscribe("*", (event) => void seen.push(event));
    expect(await events.replay(recording.events)).toBe(2);
    expect(seen.map(({ type, data, source, priority, replayed }) => [type, data, source, priority, replayed])).toEqual([["a", 1, "s", "high", true], ["b", 2, "host", "normal", true]]);
  });

  test("can record what is replayed from them", async () => {
    const events = bus();
    const recording = events.record();
    await events.emit("a", 1);
    await events.replay(recording.events);
    expect(recording.events.length).toBe(2);
  });
});
