// What the contract suite needs to know of each bridge: how to make its handles, and a script that emits its events.

export interface BridgeSample {
  /** Lua expressions by name of the handle; every bridge is a local of its name. */
  readonly handles?: Readonly<Record<string, string>>;
  /** A script after which every event that the bridge declares was emitted. */
  readonly events?: string;
}

export const SAMPLES: Readonly<Record<string, BridgeSample>> = {
  agent: {
    handles: { agent: 'agent.create{ name = "sample" }' },
    events: 'local a = agent.create{ name = "a" } a:run("x") a:destroy() local b = agent.create{ name = "b", budget = { model_calls = 0 } } pcall(b.run, b, "x")',
  },
  tool: {
    handles: { tool: 'tool.get("calculate")' },
    events: 'local t = tool.register{ name = "t", execute = function(a) assert(a.ok) end } t:execute{ ok = true } pcall(t.execute, t, {}) t:unregister()',
  },
  workflow: {
    handles: { workflow: 'workflow.create{ name = "sample", steps = { function() end } }' },
    events: `local w w = workflow.create{ name = "w", steps = { { name = "a", run = function() w:pause() end }, { name = "b", when = "", run = function() end } } }
      w:execute() w:resume()
      local f = workflow.create{ name = "f", steps = { { name = "a", retries = 1, retry_delay = 0, run = function() error("no") end } } } f:execute()
      local c c = workflow.create{ name = "c", steps = { { name = "a", run = function() c:cancel() end }, function() end } } c:execute()`,
  },
  provider: {
    handles: { provider: 'provider.create{ name = "sample" }' },
    events: `provider.chat("local", "x") provider.create{ name = "slow", delay = 10000 }
      local a = agent.create{ name = "a", provider = "slow", budget = { wall_time = 300 } } pcall(a.run, a, "x") async.sleep(5)`,
  },
  test: {
    handles: { scenario: 'test.create_scenario{ name = "sample" }', fixture: 'test.setup_fixture{ name = "sample", setup = function() end }', mock: "test.create_mock()" },
    events: 'test.run_suite{ name = "suite", tests = {} }',
  },
  event: {
    handles: { subscription: 'event.subscribe("sample.*", function() end)', recording: "event.record()" },
    events: 'event.subscribe("sample", function() error("no") end); event.emit("sample")',
  },
  schema: { handles: { schema: 'schema.create{ type = "string" }' } },
  memory: { events: 'memory.store("a", 1); memory.delete("a"); memory.store("b", 1); memory.clear()' },
  hook: { handles: { hook: 'hook.register{ type = "pre", pattern = "sample.*", handler = function() end }' } },
  output: {},
};
