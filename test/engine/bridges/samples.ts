// What the contract suite needs to know of each bridge: how to make its handles, and a script that emits its events.

export interface BridgeSample {
  /** Lua expressions by name of the handle; every bridge is a local of its name. */
  readonly handles?: Readonly<Record<string, string>>;
  /** A script after which every event that the bridge declares was emitted. */
  readonly events?: string;
}

export const SAMPLES: Readonly<Record<string, BridgeSample>> = {
  event: {
    handles: { subscription: 'event.subscribe("sample.*", function() end)', recording: "event.record()" },
    events: 'event.subscribe("sample", function() error("no") end); event.emit("sample")',
  },
  schema: { handles: { schema: 'schema.create{ type = "string" }' } },
  memory: { events: 'memory.store("a", 1); memory.delete("a"); memory.store("b", 1); memory.clear()' },
  hook: { handles: { hook: 'hook.register{ type = "pre", pattern = "sample.*", handler = function() end }' } },
  output: {},
};
